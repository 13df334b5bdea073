// Shows what a form would send, which keys were pressed, and what the mouse did.

const form = document.getElementById("controls");
const notes = document.getElementById("notes");
const sent = document.querySelector("[data-testid=sent]");

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const data = new FormData(form);
  const values = Object.fromEntries(data);
  values.toppings = data.getAll("toppings");
  values.notes = notes.innerText.trim();
  sent.textContent = JSON.stringify(values, null, 2);
});
form.addEventListener("reset", () => {
  notes.textContent = "";
  sent.textContent = "Nothing yet";
});

document.getElementById("keyboard").addEventListener("keydown", (event) => {
  const modifiers = ["Control", "Alt", "Meta", "Shift"].filter((name) => event.getModifierState(name) && event.key !== name);
  const item = document.createElement("li");
  item.textContent = [...modifiers, event.key === " " ? "Space" : event.key].join("+");
  item.className = "hint";
  document.getElementById("keys").append(item);
});

const pad = document.getElementById("pad");
const says = (text) => { document.getElementById("pad-says").textContent = text; };
pad.addEventListener("click", () => says("Clicked"));
pad.addEventListener("dblclick", () => says("Clicked twice"));
pad.addEventListener("contextmenu", (event) => { event.preventDefault(); says("Clicked with the right button"); });
pad.addEventListener("mouseenter", () => { document.getElementById("tip").hidden = false; });
pad.addEventListener("mouseleave", () => { document.getElementById("tip").hidden = true; });
