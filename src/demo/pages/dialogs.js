// Opens native dialogs and shows what came back.

const ask = {
  alert: () => { alert("Saved"); return "The alert was closed"; },
  confirm: () => (confirm("Delete everything?") ? "Deleted" : "Kept"),
  prompt: () => {
    const name = prompt("What is your name?", "Nobody");
    return name === null ? "No name given" : `Your name is ${name}`;
  },
  two: () => `${ask.confirm()}, ${ask.prompt()}`,
};

for (const button of document.querySelectorAll("[data-dialog]")) {
  button.addEventListener("click", () => {
    document.getElementById("answer").textContent = ask[button.dataset.dialog]();
  });
}
