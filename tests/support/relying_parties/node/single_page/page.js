// A single page that signs people in with oidc-client-ts: a public client that talks to us across origins.
const manager = new oidc.UserManager({
  ...(await (await fetch("/settings.json")).json()),
  scope: "openid profile email",
  loadUserInfo: true,
  automaticSilentRenew: false, // by the button
  revokeTokensOnSignout: true,
});
const ACTIONS = {
  "Sign in": () => manager.signinRedirect(),
  Refresh: refresh,
  "Sign out": () => manager.signoutRedirect({ state: "sign-out" }),
};

switch (location.pathname) {
  case "/callback":
    await manager.signinRedirectCallback();
    history.replaceState(null, "", "/");
    break;
  case "/signed-out": {
    const answer = await manager.signoutRedirectCallback(); // throws if the state is not ours
    if (answer.userState !== "sign-out") throw new Error("not a sign-out of ours");
    break;
  }
}
const user = await manager.getUser();
const nobody = location.pathname === "/signed-out" ? "Signed out" : "Nobody is signed in";
show(user ? "Signed in" : nobody, user);

async function refresh() {
  try {
    show("Signed in", await manager.signinSilent());
  } catch (error) {
    if (!(error instanceof oidc.ErrorResponse)) throw error;
    await manager.removeUser();
    show(`Not signed in any more: ${error.error}`);
  }
}

function show(heading, user) {
  document.querySelector("h1").textContent = heading;
  const { sub, name, email } = user?.profile ?? {};
  const facts = user ? { sub, name, email, token: idOf(user.access_token) } : {};
  document.querySelector("dl").replaceChildren(...Object.entries(facts).flatMap(row));
  const actions = user ? ["Refresh", "Sign out"] : ["Sign in"];
  document.querySelector("nav").replaceChildren(...actions.map(button));
}

function row([name, value]) {
  return [element("dt", { textContent: name }), element("dd", { id: name, textContent: value })];
}

function button(label) {
  return element("button", { textContent: label, onclick: ACTIONS[label] });
}

function element(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}

/** Which access token it is (RFC 9068 section 2.2: `jti`), without showing it. */
function idOf(accessToken) {
  const [, payload] = accessToken.split(".");
  return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))).jti;
}
