// A television without a keyboard that signs a person in with openid-client's device flow (RFC 8628).
import * as oidc from "openid-client";
import * as site from "./site.js";

const provider = await oidc.discovery(new URL(site.ISSUER), site.CLIENT_ID, {}, oidc.None(), {
  execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
});
const app = site.newSite();
let begun, tokens, person; // one television, one screen

app.get("/", (request, response) => {
  const shown = { address: begun?.verification_uri, code: begun?.user_code };
  response.send(begun ? site.page("Enter the code", shown) : site.home(person));
});

app.post("/login", async (request, response) => {
  begun = await oidc.initiateDeviceAuthorization(provider, { scope: site.SCOPE });
  waitForPerson().catch(console.error);
  response.redirect(303, "/");
});

app.post("/logout", async (request, response) => {
  await oidc.tokenRevocation(provider, tokens.refresh_token);
  tokens = person = undefined;
  response.redirect(303, "/");
});

async function waitForPerson() {
  tokens = await oidc.pollDeviceAuthorizationGrant(provider, begun);
  const { sub, name, email } = await oidc.fetchUserInfo(provider, tokens.access_token, tokens.claims().sub);
  person = { sub, name, email };
  begun = undefined;
}

site.listen(app);
