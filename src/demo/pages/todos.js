// The to-do list: one entry of the local storage holds it, the address says which part is shown.

const section = document.querySelector(".todos");
const list = section.querySelector(".todo-list");
const footer = section.querySelector("footer");
const count = section.querySelector("[data-testid=todo-count]");
const input = section.querySelector("#new-todo");
const key = section.dataset.key;

let todos = JSON.parse(localStorage.getItem(key) ?? "[]");

const filters = {
  "#/active": (todo) => !todo.done,
  "#/completed": (todo) => todo.done,
};

function update() {
  localStorage.setItem(key, JSON.stringify(todos.map(({ title, done }) => ({ title, done }))));
  const shown = filters[location.hash] ?? (() => true);
  for (const todo of todos) {
    todo.row.classList.toggle("done", todo.done);
    todo.row.hidden = !shown(todo);
  }
  const left = todos.filter((todo) => !todo.done).length;
  count.textContent = left === 1 ? "1 item left" : `${left} items left`;
  footer.hidden = todos.length === 0;
  for (const link of footer.querySelectorAll("a")) {
    if (link.hash === (location.hash || "#/")) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

function remove(todo) {
  todos = todos.filter((other) => other !== todo);
  todo.row.remove();
  update();
}

function draw(todo) {
  const check = document.createElement("input");
  const title = document.createElement("span");
  const button = document.createElement("button");
  todo.row = document.createElement("li");

  const name = () => {
    title.textContent = todo.title;
    check.setAttribute("aria-label", todo.title);
    button.setAttribute("aria-label", `Delete ${todo.title}`);
  };
  check.type = "checkbox";
  check.checked = todo.done;
  check.addEventListener("change", () => { todo.done = check.checked; update(); });
  title.className = "title";
  title.addEventListener("dblclick", () => edit(todo, title, name));
  button.type = "button";
  button.className = "plain";
  button.textContent = "×";
  button.addEventListener("click", () => remove(todo));
  name();
  todo.row.append(check, title, button);
  list.append(todo.row);
}

function edit(todo, title, name) {
  const field = document.createElement("input");
  field.className = "title";
  field.value = todo.title;
  field.setAttribute("aria-label", `Edit ${todo.title}`);
  // Replacing a focused field blurs it, so the end of an edit arrives twice.
  let over = false;
  const finish = (text) => {
    if (over) return;
    over = true;
    todo.title = text;
    field.replaceWith(title);
    if (text === "") return remove(todo);
    name();
    update();
  };
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") finish(field.value.trim());
    if (event.key === "Escape") finish(todo.title);
  });
  field.addEventListener("blur", () => finish(field.value.trim()));
  title.replaceWith(field);
  field.select();
}

input.addEventListener("keydown", (event) => {
  const title = input.value.trim();
  if (event.key !== "Enter" || event.isComposing || title === "") return;
  const todo = { title, done: false };
  todos.push(todo);
  draw(todo);
  update();
  input.value = "";
});
footer.querySelector("button").addEventListener("click", () => todos.filter((todo) => todo.done).forEach(remove));
addEventListener("hashchange", update);

todos.forEach(draw);
update();
