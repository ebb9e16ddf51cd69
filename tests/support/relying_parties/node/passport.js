// A site that signs people in with Passport's passport-openidconnect: state and nonce, no PKCE.
import passport from "passport";
import { Strategy } from "passport-openidconnect";
import * as site from "./site.js";

const provider = await site.readProvider();
const options = {
  issuer: provider.issuer,
  authorizationURL: provider.authorization_endpoint,
  tokenURL: provider.token_endpoint,
  userInfoURL: provider.userinfo_endpoint,
  clientID: site.CLIENT_ID,
  clientSecret: site.CLIENT_SECRET,
  callbackURL: site.REDIRECT_URI,
  scope: ["profile", "email"], // the strategy adds openid
  nonce: true,
};
// The strategy looks at the number of parameters: with nine it asks userinfo and hands all over.
passport.use(
  new Strategy(options, (issuer, profile, idProfile, context, idToken, accessToken, refreshToken, answer, done) => {
    const person = { sub: profile.id, name: profile.displayName, email: profile.emails[0].value };
    done(null, { person, idToken });
  }),
);
passport.serializeUser((user, done) => done(null, user));
passport.deserializeUser((user, done) => done(null, user));

const app = site.newSite();
app.use(passport.session());

app.get("/", (request, response) => response.send(site.home(request.user?.person)));

app.post("/login", passport.authenticate("openidconnect"));

app.get("/callback", passport.authenticate("openidconnect"), (request, response) => response.redirect(303, "/"));

app.post("/logout", async (request, response) => {
  const { idToken } = request.user;
  const state = await site.forgetPerson(request);
  response.redirect(303, site.endSessionUrl(provider.end_session_endpoint, idToken, state));
});

site.listen(app);
