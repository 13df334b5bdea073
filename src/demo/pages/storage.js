// Shows and edits what the site keeps: cookies that scripts can read, and both storages.

const text = (encoded) => { try { return decodeURIComponent(encoded); } catch { return encoded; } };

const areas = {
  cookies: {
    items: () => document.cookie.split("; ").filter(Boolean).map((pair) => {
      const [key, ...value] = pair.split("=");
      return [key, text(value.join("="))];
    }),
    set: (key, value) => { document.cookie = `${key}=${encodeURIComponent(value)}; path=/; samesite=lax`; },
    remove: (key) => { document.cookie = `${key}=; path=/; max-age=0`; },
  },
  local: webStorage(localStorage),
  session: webStorage(sessionStorage),
};

function webStorage(storage) {
  return {
    items: () => Object.entries(storage),
    set: (key, value) => storage.setItem(key, value),
    remove: (key) => storage.removeItem(key),
  };
}

function show() {
  for (const [name, area] of Object.entries(areas)) {
    const rows = area.items().sort().map(([key, value]) => row(area, key, value));
    document.querySelector(`[data-testid=${name}]`).replaceChildren(...rows);
  }
  showServerSide();
}

function row(area, key, value) {
  const line = document.createElement("tr");
  const head = document.createElement("th");
  const button = document.createElement("button");
  head.scope = "row";
  head.textContent = key;
  button.type = "button";
  button.className = "plain";
  button.textContent = "×";
  button.setAttribute("aria-label", `Remove ${key}`);
  button.addEventListener("click", () => { area.remove(key); show(); });
  line.append(head);
  line.insertCell().textContent = value;
  line.insertCell().append(button);
  return line;
}

// Cookies with HttpOnly are invisible here, but not to the server.
async function showServerSide() {
  const answer = await fetch("/api/echo");
  const { headers } = await answer.json();
  const names = (headers.cookie ?? "").split("; ").filter(Boolean).map((pair) => pair.split("=")[0]);
  document.querySelector("[data-testid=server-cookies]").textContent = names.sort().join(", ") || "none";
}

document.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const field = (id) => document.getElementById(id).value;
  areas[field("area")].set(field("key"), field("value"));
  show();
});
document.getElementById("clear").addEventListener("click", () => {
  for (const area of Object.values(areas)) area.items().forEach(([key]) => area.remove(key));
  show();
});

show();
