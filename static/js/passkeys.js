// Passkeys and security keys: the part of WebAuthn that only a script can do. What it brings goes to the server by an
// ordinary form. A button says what it is for: data-passkey ("get" or "create"), data-options (where its challenge is).

const FRESH = 4 * 60_000; // a challenge lives five minutes
let running = new AbortController(); // browsers know one ceremony at a time

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** The server's JSON as the browser wants it; older ones have no function for it. */
function parse(act, json) {
  const native = act === "create" ? "parseCreationOptionsFromJSON" : "parseRequestOptionsFromJSON";
  if (PublicKeyCredential[native]) return PublicKeyCredential[native](json);
  const named = (list) => list?.map((each) => ({ ...each, id: toBytes(each.id) }));
  const options = { ...json, challenge: toBytes(json.challenge) };
  if (json.user) options.user = { ...json.user, id: toBytes(json.user.id) };
  return { ...options, allowCredentials: named(json.allowCredentials), excludeCredentials: named(json.excludeCredentials) };
}

function asJson(credential) {
  if (credential.toJSON) return credential.toJSON();
  const { id, type, rawId, response, authenticatorAttachment } = credential;
  const fields = { transports: response.getTransports?.() };
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) fields[name] = toText(response[name]);
  }
  const clientExtensionResults = credential.getClientExtensionResults();
  return { id, type, rawId: toText(rawId), response: fields, authenticatorAttachment, clientExtensionResults };
}

/** A fresh challenge for the button. Whose session or proof is over starts again with the page. */
async function fetchOptions(button, signal) {
  const body = new URLSearchParams({ csrfmiddlewaretoken: button.form.elements.csrfmiddlewaretoken.value });
  if (button.name) body.set(button.name, button.value);
  const answer = await fetch(button.dataset.options, { method: "POST", body, signal, redirect: "manual" });
  if (answer.ok) return answer.json();
  if (answer.status === 429) throw Object.assign(new Error(), { name: "Limited" });
  if (answer.status >= 500) throw new TypeError();
  throw Object.assign(new Error(), { name: "Over" });
}

/** One ceremony, in the place of whichever ran before; what the authenticator answered goes into the form. */
async function perform(button, mediation) {
  running.abort();
  const { signal } = (running = new AbortController());
  const json = await fetchOptions(button, signal);
  const act = button.dataset.passkey;
  const credential = await navigator.credentials[act]({ publicKey: parse(act, json), mediation, signal });
  button.form.elements.credential.value = JSON.stringify(asJson(credential));
  return { rpId: json.rp?.id, credentialId: credential.id };
}

/** What went wrong, in the words that the page brought along. */
function say(button, error) {
  if (error.name === "AbortError") return;
  if (error.name === "Over") return location.reload();
  const line = button.form.querySelector(".passkey-fault");
  const names = { NotAllowedError: "cancelled", InvalidStateError: "known", Limited: "limited", TypeError: "failed", SecurityError: "unable" };
  line.lastElementChild.textContent = line.dataset[names[error.name] ?? "unable"];
  line.hidden = false;
}

async function press(event) {
  event.preventDefault();
  const button = event.currentTarget;
  if (button.form.ariaBusy === "true") return;
  button.form.querySelector(".passkey-fault").hidden = true;
  button.form.ariaBusy = "true";
  try {
    await perform(button);
    button.form.ariaBusy = null;
    button.form.requestSubmit(button);
  } catch (error) {
    button.form.ariaBusy = null;
    say(button, error);
    if ("autofill" in button.dataset) offer(button);
  }
}

/** Passkeys among what the browser fills in. It waits in silence, and asks for a new challenge before one grows old. */
async function offer(button) {
  if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
  let isOld = false;
  const renew = setTimeout(() => {
    const again = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", again);
      isOld = button.form.ariaBusy !== "true";
      if (isOld) offer(button);
    };
    document.addEventListener("visibilitychange", again);
    again();
  }, FRESH);
  try {
    await perform(button, "conditional");
    if (!isOld) button.form.requestSubmit(button);
  } catch {
    if (!isOld) clearTimeout(renew);
  }
}

/** After a sign-in by password: the password manager makes a passkey if it likes to, and nobody is asked anything. */
async function upgrade(button) {
  try {
    const { conditionalCreate } = (await PublicKeyCredential.getClientCapabilities?.()) ?? {};
    if (!conditionalCreate) return;
    const made = await perform(button, "conditional");
    const body = new URLSearchParams(new FormData(button.form, button));
    const answer = await fetch(button.form.action, { method: "POST", body, redirect: "manual" });
    if (answer.type !== "opaqueredirect") await PublicKeyCredential.signalUnknownCredential?.(made);
  } catch {
    // Nothing was promised.
  }
}

/** Tells password managers which passkeys still work here: they put the others away. */
function tell(element) {
  for (const [name, what] of Object.entries(JSON.parse(element.dataset.signals))) {
    PublicKeyCredential[name]?.(what).catch(() => {});
  }
}

for (const button of document.querySelectorAll("[data-passkey]")) {
  if (!window.PublicKeyCredential) {
    if ("needed" in button.dataset) say(button, { name: "NotSupportedError" });
  } else if ("upgrade" in button.dataset) {
    upgrade(button);
  } else {
    button.hidden = false;
    button.addEventListener("click", press);
    if ("autofill" in button.dataset) offer(button);
  }
}
if (window.PublicKeyCredential) document.querySelectorAll("[data-signals]").forEach(tell);
