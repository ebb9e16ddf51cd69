// The preview follows what is typed, by the same answer that its button gets. The page works without this file.

const WAIT = 250; // milliseconds after the last letter
const form = document.querySelector("form[data-look]");
let timer, asked;

/** A picker beside each field; the text stays what is sent. */
function addPicker(input) {
  const picker = document.createElement("input");
  const follow = () => { if (/^#[0-9a-f]{6}$/i.test(input.value)) picker.value = input.value; };
  picker.type = "color";
  picker.setAttribute("aria-label", input.labels[0].textContent);
  follow();
  picker.addEventListener("input", () => { input.value = picker.value; later(); });
  input.addEventListener("input", follow);
  input.parentElement.classList.add("swatched");
  input.after(picker);
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(preview, WAIT);
}

/** Ask as the button does, and take over the preview and what the fields are told. What is typed stays as it is. */
async function preview() {
  asked?.abort();
  asked = new AbortController();
  const body = new FormData(form);
  body.set("preview", "live");
  try {
    const response = await fetch(form.action, { method: "POST", body, signal: asked.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const shown = page.querySelector("#preview");
    if (!shown) return;
    document.querySelector("#preview").replaceWith(document.adoptNode(shown));
    for (const input of form.querySelectorAll("[data-colour]")) tell(input, page);
  } catch (error) {
    if (error.name !== "AbortError") throw error;
  }
}

/** The sentence under one field, as the answer has it. */
function tell(input, page) {
  const fresh = page.getElementById(input.id);
  const field = input.closest(".field");
  field.querySelector(".error")?.remove();
  const error = fresh.closest(".field").querySelector(".error");
  if (error) field.append(document.adoptNode(error));
  for (const name of ["aria-invalid", "aria-describedby"]) {
    const value = fresh.getAttribute(name);
    if (value) input.setAttribute(name, value);
    else input.removeAttribute(name);
  }
}

form.querySelectorAll("[data-colour]").forEach(addPicker);
form.addEventListener("input", later);
