// Lists the files of the inputs and those that are dropped, with the beginning of what is in them.

async function list(files, into) {
  into.replaceChildren();
  for (const file of files) {
    const item = document.createElement("li");
    item.textContent = `${file.name} (${file.type}, ${file.size}): ${(await file.text()).slice(0, 40)}`;
    into.append(item);
  }
}

const chosen = document.getElementById("chosen");
for (const input of document.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => list(input.files, chosen));
}

const drop = document.getElementById("drop");
drop.addEventListener("dragover", (event) => event.preventDefault());
drop.addEventListener("drop", (event) => {
  event.preventDefault();
  list(event.dataTransfer.files, document.getElementById("dropped"));
});
