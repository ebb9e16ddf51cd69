// What the parties with a server share: their settings, sessions in memory, one page, and the way out.
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import express from "express";
import session from "express-session";

export const { PORT, BASE_URL, ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env;
export const SCOPE = "openid profile email";
export const REDIRECT_URI = `${BASE_URL}/callback`;
export const SIGNED_OUT_URI = `${BASE_URL}/signed-out`;

export function newSite() {
  const site = express();
  const secret = randomBytes(32).toString("hex");
  // Without SameSite, or the cookie would not come with an answer that is posted (form_post).
  site.use(session({ secret, resave: false, saveUninitialized: false }));
  site.get("/signed-out", signedOut);
  return site;
}

export function listen(site) {
  site.use(failed);
  site.listen(Number(PORT), "127.0.0.1");
}

/** The home page: who is signed in, and what one can do; `facts` is empty while nobody is. */
export function home(facts, actions = {}) {
  return facts
    ? page("Signed in", facts, { ...actions, "/logout": "Sign out" })
    : page("Nobody is signed in", {}, { "/login": "Sign in" });
}

/** Forget the person here; returns the state that must come back from the provider. */
export async function forgetPerson(request) {
  await promisify(request.session.regenerate.bind(request.session))();
  request.session.signOutState = randomBytes(16).toString("hex");
  return request.session.signOutState;
}

/** The provider's sign-out (OpenID Connect RP-Initiated Logout 1.0 section 2), for libraries without one. */
export function endSessionUrl(endpoint, idToken, state) {
  const sent = { id_token_hint: idToken, post_logout_redirect_uri: SIGNED_OUT_URI, state };
  return `${endpoint}?${new URLSearchParams(sent)}`;
}

export async function readProvider() {
  return (await fetch(`${ISSUER}/.well-known/openid-configuration`)).json();
}

/** Which access token it is (RFC 9068 section 2.2: `jti`), without showing it. */
export function idOf(accessToken) {
  return JSON.parse(Buffer.from(accessToken.split(".")[1], "base64url")).jti;
}

function signedOut(request, response) {
  const expected = request.session.signOutState;
  delete request.session.signOutState;
  const isOurs = expected && request.query.state === expected;
  response.status(isOurs ? 200 : 400).send(page(isOurs ? "Signed out" : "Not a sign-out of ours", {}));
}

function failed(error, request, response, next) {
  console.error(error);
  response.status(500).send(page("Failed", { error: error.error ?? error.message }));
}

export function page(heading, facts, actions = {}) {
  const rows = Object.entries(facts).map(([name, value]) => `<dt>${name}</dt><dd id="${name}">${escape(value)}</dd>`);
  const forms = Object.entries(actions).map(
    ([path, label]) => `<form method="post" action="${path}"><button>${label}</button></form>`,
  );
  return `<!doctype html>
<html lang="en"><head><title>${heading}</title></head>
<body><h1>${heading}</h1><dl>${rows.join("")}</dl>${forms.join("")}</body></html>`;
}

function escape(value) {
  return String(value).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
