// Native drag and drop, a piece that follows the pointer, a map that scrolls, a button for fingers.

const basket = document.getElementById("basket");
for (const chip of document.querySelectorAll(".chip")) {
  chip.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/plain", chip.id));
}
basket.addEventListener("dragover", (event) => event.preventDefault());
basket.addEventListener("drop", (event) => {
  event.preventDefault();
  const item = document.createElement("li");
  item.textContent = document.getElementById(event.dataTransfer.getData("text/plain")).textContent;
  basket.append(item);
});

const piece = document.getElementById("piece");
const goal = document.getElementById("goal");
const boardSays = document.getElementById("board-says");
let start = null;
let moves = 0;
piece.addEventListener("pointerdown", (event) => {
  start = { x: event.clientX, y: event.clientY };
  moves = 0;
  piece.setPointerCapture(event.pointerId);
});
piece.addEventListener("pointermove", (event) => {
  if (!start) return;
  moves++;
  piece.style.translate = `${event.clientX - start.x}px ${event.clientY - start.y}px`;
});
piece.addEventListener("pointerup", (event) => {
  if (!start) return;
  start = null;
  const box = goal.getBoundingClientRect();
  const isThere = event.clientX > box.left && event.clientX < box.right && event.clientY > box.top && event.clientY < box.bottom;
  boardSays.textContent = isThere ? "The piece is at the goal" : "The piece is lost";
  boardSays.dataset.moves = moves;
});

const map = document.getElementById("map");
map.addEventListener("scroll", () => {
  document.getElementById("map-says").textContent = `${Math.round(map.scrollLeft)}, ${Math.round(map.scrollTop)}`;
});

const touch = document.getElementById("touch");
touch.addEventListener("touchend", () => {
  document.getElementById("touch-says").textContent = "Touched with a finger";
});
