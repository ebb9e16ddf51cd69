// Serves the single page in `single_page/`: files, and the settings that are no secret.
import { fileURLToPath } from "node:url";
import express from "express";

const { PORT, BASE_URL, ISSUER, CLIENT_ID } = process.env;
const PAGE = fileURLToPath(new URL("single_page/", import.meta.url));
const LIBRARY = fileURLToPath(import.meta.resolve("oidc-client-ts/package.json").replace("package.json", "dist/browser/"));

const app = express();
app.get("/settings.json", (request, response) => {
  response.json({
    authority: ISSUER,
    client_id: CLIENT_ID,
    redirect_uri: `${BASE_URL}/callback`,
    post_logout_redirect_uri: `${BASE_URL}/signed-out`,
  });
});
app.use("/library", express.static(LIBRARY));
app.use(express.static(PAGE));
app.get(["/callback", "/signed-out"], (request, response) => response.sendFile("index.html", { root: PAGE }));
app.listen(Number(PORT), "127.0.0.1");
