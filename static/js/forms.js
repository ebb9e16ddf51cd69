// Comforts for forms. Every page works without this file.

/** Put the buttons that only make sense with scripts into the page: each waits in a <template data-enhance>. */
function enhance(template) {
  const button = template.content.cloneNode(true).firstElementChild;
  if (button.matches(".copy") && !navigator.clipboard) return; // only secure pages have one
  template.replaceWith(button);
  if (button.matches(".reveal")) reveal(button);
  if (button.matches(".copy")) copy(button);
  if (button.matches(".print")) button.addEventListener("click", () => window.print());
}

/** Show or hide a password. It goes back to a password field before it is sent, so that no browser remembers it as text. */
function reveal(button) {
  const input = button.parentElement.querySelector("input");
  const show = (visible) => {
    input.type = visible ? "text" : "password";
    button.setAttribute("aria-pressed", String(visible));
  };
  button.addEventListener("click", () => show(input.type === "password"));
  input.form?.addEventListener("submit", () => show(false));
}

function copy(button) {
  const source = document.getElementById(button.dataset.source);
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(source.innerText.trim());
    button.textContent = button.dataset.done;
  });
}

/** A form is sent once, however often the button is pressed; not one that downloads, for its page stays. */
function sendOnce(event) {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || "stays" in form.dataset) return;
  if (form.ariaBusy === "true") event.preventDefault();
  form.ariaBusy = "true";
}

/** A yes that counts waits a moment whenever its page comes to the front: a click lured here from elsewhere is lost. */
function arm(form) {
  const hold = () => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
    setTimeout(() => {
      for (const button of form.querySelectorAll("button")) button.disabled = false;
    }, 500);
  };
  hold();
  window.addEventListener("focus", hold);
}

/** A page that comes back from the back-forward cache can be sent again. */
function sendAgain() {
  for (const form of document.forms) form.ariaBusy = null;
}

document.querySelectorAll("template[data-enhance]").forEach(enhance);
document.querySelectorAll("form[data-arm]").forEach(arm);
document.addEventListener("submit", sendOnce);
window.addEventListener("pageshow", sendAgain);
