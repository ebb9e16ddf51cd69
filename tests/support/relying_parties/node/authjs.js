// A site that signs people in with Auth.js and its generic OpenID provider: PKCE, state, nonce.
import { randomBytes } from "node:crypto";
import { getToken } from "@auth/core/jwt";
import { ExpressAuth, getSession } from "@auth/express";
import * as site from "./site.js";

const provider = await site.readProvider();
const secret = randomBytes(32).toString("hex");
const config = {
  secret,
  trustHost: true,
  basePath: "/auth",
  providers: [
    {
      id: "janua",
      name: "Janua",
      type: "oidc",
      issuer: site.ISSUER,
      clientId: site.CLIENT_ID,
      clientSecret: site.CLIENT_SECRET,
      checks: ["pkce", "state", "nonce"],
      authorization: { params: { scope: site.SCOPE } },
      style: { logo: "" }, // its sign-in page would fetch one from Auth.js's own host
      idToken: false, // name and email come from userinfo, as OpenID Connect Core section 5.4 has it
    },
  ],
  callbacks: {
    jwt({ token, account }) {
      return account ? { ...token, subject: account.providerAccountId, idToken: account.id_token } : token;
    },
    session({ session, token }) {
      return { ...session, user: { ...session.user, sub: token.subject } };
    },
    // Auth.js leads nobody to another site after its sign-out, unless it is told which.
    redirect({ url, baseUrl }) {
      const isWelcome = url.startsWith(`${baseUrl}/`) || url.startsWith(`${provider.end_session_endpoint}?`);
      return isWelcome ? url : baseUrl;
    },
  },
};

const app = site.newSite();
app.set("query parser", "extended");
app.use("/auth", ExpressAuth(config));

app.get("/", async (request, response) => {
  const session = await getSession(request, config);
  if (!session) return response.send(site.home());
  const { sub, name, email } = session.user;
  response.send(site.home({ sub, name, email }));
});

app.post("/login", (request, response) => response.redirect(303, "/auth/signin?callbackUrl=/"));

// Auth.js forgets the person on a page of its own, which then leads on to the provider's sign-out.
app.post("/logout", async (request, response) => {
  const { idToken } = await getToken({ req: request, secret });
  const state = await site.forgetPerson(request);
  const callbackUrl = site.endSessionUrl(provider.end_session_endpoint, idToken, state);
  response.redirect(303, `/auth/signout?${new URLSearchParams({ callbackUrl })}`);
});

site.listen(app);
