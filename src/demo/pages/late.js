// Elements that are not ready yet. Nothing begins by itself unless the address says how late.

const query = new URLSearchParams(location.search);
const after = Number(query.get("after") ?? 150);
const find = (id) => document.getElementById(id);
const later = (action) => setTimeout(action, after);

const starts = {
  appear: () => later(() => {
    const message = document.createElement("p");
    message.setAttribute("role", "status");
    message.textContent = "The message is here";
    document.querySelector("[data-testid=appear-stage]").replaceChildren(message);
  }),
  vanish: () => later(() => find("loading").remove()),
  move: () => {
    find("target").style.transitionDuration = `${after}ms`;
    find("target").parentElement.classList.toggle("moved");
  },
  enable: () => later(() => { find("save").disabled = false; }),
  uncover: () => later(() => find("veil").remove()),
  replace: () => later(() => {
    const fresh = document.createElement("button");
    fresh.textContent = "Like";
    fresh.addEventListener("click", () => bump("likes", (likes) => `${likes} like${likes === 1 ? "" : "s"}`));
    find("like-stage").replaceChildren(fresh);
  }),
  count: () => [1, 2, 3].forEach((number) => {
    setTimeout(() => { find("counter").textContent = number; }, (after * number) / 3);
  }),
};

const counts = {};

function bump(id, text) {
  counts[id] = (counts[id] ?? 0) + 1;
  find(id).textContent = text(counts[id]);
}

find("target").addEventListener("click", () => bump("hits", (hits) => `Hit ${hits} time${hits === 1 ? "" : "s"}`));
find("save").addEventListener("click", () => { find("saved").textContent = "Saved"; });
find("pay").addEventListener("click", () => { find("paid").textContent = "Paid"; });
for (const button of document.querySelectorAll("[data-start]")) {
  button.addEventListener("click", () => starts[button.dataset.start]());
}
// A transition needs a first frame to start from.
if (query.has("after")) requestAnimationFrame(() => requestAnimationFrame(() => Object.values(starts).forEach((start) => start())));
