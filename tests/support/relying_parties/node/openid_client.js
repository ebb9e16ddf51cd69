// A site that signs people in with openid-client: discovery, PKCE, state, nonce, the ID token's signature,
// userinfo, refresh, introspection, revocation, end of session. With a CLIENT_KEY (a JWK) instead of a secret it
// proves itself by private_key_jwt, signs its requests (RFC 9101) and has the answers posted (form_post).
import express from "express";
import * as oidc from "openid-client";
import * as site from "./site.js";

const key = process.env.CLIENT_KEY && (await importKey(JSON.parse(process.env.CLIENT_KEY)));
const proof = key ? oidc.PrivateKeyJwt(key) : oidc.ClientSecretBasic(site.CLIENT_SECRET);
const provider = await oidc.discovery(
  new URL(site.ISSUER), site.CLIENT_ID, {}, proof,
  { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] },
);
const app = site.newSite();

app.get("/", async (request, response) => {
  const { person, tokens } = request.session;
  if (!tokens) return response.send(site.home());
  const { active } = await oidc.tokenIntrospection(provider, tokens.access_token);
  const facts = { ...person, token: site.idOf(tokens.access_token), key: keyOf(tokens.id_token), active };
  response.send(site.home(facts, { "/refresh": "Refresh", "/revoke": "Revoke" }));
});

app.post("/login", async (request, response) => {
  const checks = {
    pkceCodeVerifier: oidc.randomPKCECodeVerifier(),
    expectedState: oidc.randomState(),
    expectedNonce: oidc.randomNonce(),
    idTokenExpected: true,
  };
  request.session.checks = checks;
  const asked = {
    redirect_uri: site.REDIRECT_URI,
    scope: site.SCOPE,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  };
  const url = key
    ? await oidc.buildAuthorizationUrlWithJAR(provider, { ...asked, response_mode: "form_post" }, key)
    : oidc.buildAuthorizationUrl(provider, asked);
  response.redirect(303, url.href);
});

if (key) {
  app.post("/callback", express.urlencoded(), async (request, response) => {
    const body = new URLSearchParams(request.body);
    await redeem(request, new Request(site.REDIRECT_URI, { method: "POST", body }));
    response.redirect(303, "/");
  });
} else {
  app.get("/callback", async (request, response) => {
    await redeem(request, new URL(request.originalUrl, site.BASE_URL));
    response.redirect(303, "/");
  });
}

app.post("/refresh", async (request, response) => {
  const { person, tokens } = request.session;
  await remember(request, await oidc.refreshTokenGrant(provider, tokens.refresh_token), person.sub);
  response.redirect(303, "/");
});

app.post("/revoke", async (request, response) => {
  await oidc.tokenRevocation(provider, request.session.tokens.refresh_token);
  response.redirect(303, "/");
});

app.post("/logout", async (request, response) => {
  const { id_token } = request.session.tokens;
  const url = oidc.buildEndSessionUrl(provider, {
    id_token_hint: id_token,
    post_logout_redirect_uri: site.SIGNED_OUT_URI,
    state: await site.forgetPerson(request),
  });
  response.redirect(303, url.href);
});

async function redeem(request, answer) {
  const tokens = await oidc.authorizationCodeGrant(provider, answer, request.session.checks);
  delete request.session.checks;
  await remember(request, tokens, tokens.claims().sub);
}

async function remember(request, tokens, subject) {
  const { sub, name, email } = await oidc.fetchUserInfo(provider, tokens.access_token, subject);
  request.session.person = { sub, name, email };
  request.session.tokens = tokens;
}

/** Which of the provider's keys signed it (RFC 7515 section 4.1.4: `kid`). */
function keyOf(idToken) {
  return JSON.parse(Buffer.from(idToken.split(".")[0], "base64url")).kid;
}

async function importKey({ kid, ...jwk }) {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  return { kid, key: await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["sign"]) };
}

site.listen(app);
