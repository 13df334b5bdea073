// A counter with an open shadow root, and a second component inside it.

class DemoCounter extends HTMLElement {
  connectedCallback() {
    const label = this.getAttribute("label");
    const root = this.attachShadow({ mode: "open" });
    root.innerHTML = `
      <style>:host { display: flex; gap: .8rem; align-items: center; } button { font: inherit; }</style>
      <strong></strong> <output>0</output> <button type="button">Add one</button> <demo-note></demo-note>`;
    const [output, button] = [root.querySelector("output"), root.querySelector("button")];
    root.querySelector("strong").textContent = label;
    button.setAttribute("aria-label", `Add one to ${label}`);
    button.addEventListener("click", () => { output.textContent = Number(output.textContent) + 1; });
    root.querySelector("demo-note").setAttribute("for", label);
  }
}

class DemoNote extends HTMLElement {
  static observedAttributes = ["for"];

  attributeChangedCallback() {
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    root.innerHTML = `<style>input { font: inherit; }</style><input placeholder="A note">`;
    root.querySelector("input").setAttribute("aria-label", `Note on ${this.getAttribute("for")}`);
  }
}

customElements.define("demo-note", DemoNote);
customElements.define("demo-counter", DemoCounter);
