// Files for inputs and for drops, and scrolling inside an element.

const setFilesOf = setter(HTMLInputElement, "files");

const fileOf = ({ name, media_type, content }) => {
  const bytes = Uint8Array.from(decode(content), (letter) => letter.charCodeAt(0));
  return new File([bytes], name, { type: media_type });
};

function transferOf(files) {
  const transfer = new DataTransfer();
  for (const file of files) transfer.items.add(fileOf(file));
  return transfer;
}

function misuseOfFiles(control, files) {
  if (inputTypeOf(control) !== "file") {
    const inside = [...selectAll(control, "input[type=file]")];
    return {
      unmet: "to be a file input",
      found: `it is \`${describe(control)}\``,
      advice: inside.length
        ? `use the \`${describe(inside[0])}\` inside it`
        : "files go into `<input type=file>`; `drop_files` drops them on other elements",
    };
  }
  if (files.length > 1 && !control.multiple)
    return {
      unmet: "to take several files",
      found: `\`${describe(control)}\` has no attribute \`multiple\``,
      advice: "give one file",
    };
  return null;
}

function putFiles(input, files) {
  setFilesOf(input, transferOf(files).files);
  announce(input);
  return ready({ then: "nothing" });
}

/** What a drop from outside of the browser does: enters, hovers, drops; refused where nobody takes it. */
function dropFiles(element, { files, position }, force, memory) {
  const point = force ? scrolledPoint(element, position) : memory.point;
  if (!point) return { unmet: "to have a place to drop on", found: whyHidden(element) };
  const target = elementAt(point) || element;
  const dataTransfer = transferOf(files);
  const send = (type) => {
    const options = { bubbles: true, cancelable: true, composed: true, dataTransfer };
    return !dispatch(target, new DragEvent(type, { ...options, clientX: point.x, clientY: point.y }));
  };
  send("dragenter");
  if (!send("dragover")) {
    send("dragleave");
    return {
      unmet: "to take what is dropped",
      found: "nothing cancels its `dragover` event, so a browser would not drop there",
    };
  }
  send("drop");
  return ready({ then: "nothing" });
}

function scrollInside(element, { x, y }) {
  const isPage = element === page.documentElement || element === page.body;
  const box = isPage ? page.scrollingElement || page.documentElement : element;
  const room = { x: box.scrollWidth - box.clientWidth, y: box.scrollHeight - box.clientHeight };
  const place = (side, most) => (side.percent === undefined ? side.pixels : (most * side.percent) / 100);
  const isWanted = (side, most) => side !== null && place(side, max(most, 1)) > 0;
  if (!(isWanted(x, room.x) && room.x > 0) && !(isWanted(y, room.y) && room.y > 0)) {
    const isMoved = isWanted(x, room.x) || isWanted(y, room.y);
    if (isMoved)
      return {
        unmet: "to have something to scroll",
        found: `what is in it (${box.scrollWidth} x ${box.scrollHeight}) is no larger than itself (${box.clientWidth} x ${box.clientHeight})`,
        advice: "scroll the element around it, or `page().scroll_to(...)`",
      };
  }
  const to = { behavior: "instant" };
  if (x !== null) to.left = place(x, room.x);
  if (y !== null) to.top = place(y, room.y);
  box.scrollTo(to);
  return ready({ then: "nothing" });
}
