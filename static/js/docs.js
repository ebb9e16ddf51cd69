// Starts Swagger UI on the API's own description. Deferred scripts run in order, so the bundle is there already.

const reference = document.getElementById("reference");
const dark = window.matchMedia("(prefers-color-scheme: dark)");

/** Swagger UI has its dark colours behind a class. */
function followColourScheme() {
  document.documentElement.classList.toggle("dark-mode", dark.matches);
}

followColourScheme();
dark.addEventListener("change", followColourScheme);

/** Swagger UI goes from <h1> to <h3> and leaves the introduction outside every landmark: both are put right here. */
function landmarks({ React }) {
  const inSection = (name) => (Original) => (props) =>
    React.createElement("section", { "aria-label": name }, React.createElement(Original, props));
  const withHeading = (name) => (Original) => (props) =>
    React.createElement("div", null, React.createElement("h2", { className: "unseen" }, name), React.createElement(Original, props));
  return {
    wrapComponents: {
      InfoContainer: inSection(reference.dataset.introduction),
      SchemesContainer: inSection(reference.dataset.credentials),
      operations: withHeading(reference.dataset.endpoints),
    },
  };
}

window.SwaggerUIBundle({
  url: reference.dataset.schema,
  domNode: reference,
  deepLinking: false, // its links would stand inside buttons
  displayRequestDuration: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  persistAuthorization: false,
  presets: [window.SwaggerUIBundle.presets.apis],
  plugins: [landmarks],
  layout: "BaseLayout",
  validatorUrl: null,
});
