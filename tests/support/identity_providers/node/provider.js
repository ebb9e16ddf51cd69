// An OpenID provider with the package's own sign-in and consent pages; any name signs in.
import { readFileSync } from "node:fs";
import Provider from "oidc-provider";

const { PORT, ISSUER, CLIENT } = process.env;
const client = JSON.parse(readFileSync(CLIENT, "utf8"));

const provider = new Provider(ISSUER, {
  clients: client.client_id ? [client] : [],
  cookies: { keys: ["of this run only"] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "preferred_username"] },
  async findAccount(context, id) {
    const email = `${id.toLowerCase()}@example.com`;
    return {
      accountId: id,
      claims: async () => ({ sub: id, email, email_verified: true, name: id, preferred_username: id }),
    };
  },
});

provider.listen(Number(PORT), "127.0.0.1");
