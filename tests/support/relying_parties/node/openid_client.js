// A site that signs people in with openid-client: discovery, PKCE, state, nonce, the ID token's signature,
// userinfo, refresh, introspection, revocation, end of session.
import * as oidc from "openid-client";
import * as site from "./site.js";

const provider = await oidc.discovery(
  new URL(site.ISSUER), site.CLIENT_ID, {}, oidc.ClientSecretBasic(site.CLIENT_SECRET),
  { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] },
);
const app = site.newSite();

app.get("/", async (request, response) => {
  const { person, tokens } = request.session;
  if (!tokens) return response.send(site.home());
  const { active } = await oidc.tokenIntrospection(provider, tokens.access_token);
  const facts = { ...person, token: site.idOf(tokens.access_token), active };
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
  const url = oidc.buildAuthorizationUrl(provider, {
    redirect_uri: site.REDIRECT_URI,
    scope: site.SCOPE,
    code_challenge: await oidc.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
    code_challenge_method: "S256",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
  });
  response.redirect(303, url.href);
});

app.get("/callback", async (request, response) => {
  const url = new URL(request.originalUrl, site.BASE_URL);
  const tokens = await oidc.authorizationCodeGrant(provider, url, request.session.checks);
  delete request.session.checks;
  await remember(request, tokens, tokens.claims().sub);
  response.redirect(303, "/");
});

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

async function remember(request, tokens, subject) {
  const { sub, name, email } = await oidc.fetchUserInfo(provider, tokens.access_token, subject);
  request.session.person = { sub, name, email };
  request.session.tokens = tokens;
}

site.listen(app);
