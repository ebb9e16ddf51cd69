// A television on openid-client: asks for codes, shows them, polls, and says what it got. Introspection comes signed.
import * as oidc from "openid-client";

const { ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env;
const provider = await oidc.discovery(
  new URL(ISSUER), CLIENT_ID, { introspection_signed_response_alg: "RS256" },
  oidc.ClientSecretBasic(CLIENT_SECRET),
  { execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks] },
);
const say = (facts) => console.log(JSON.stringify(facts));

const codes = await oidc.initiateDeviceAuthorization(provider, { scope: "openid email" });
say(codes);
try {
  const tokens = await oidc.pollDeviceAuthorizationGrant(provider, codes);
  const { sub, email } = await oidc.fetchUserInfo(provider, tokens.access_token, tokens.claims().sub);
  const { active } = await oidc.tokenIntrospection(provider, tokens.access_token);
  const { scope } = await oidc.refreshTokenGrant(provider, tokens.refresh_token);
  say({ sub, email, active, scope });
} catch (error) {
  say({ error: error.error ?? String(error) });
}
