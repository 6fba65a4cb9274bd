// Starts the NHS components that are on the page. The import names the file without its hash: Django does not
// rewrite the addresses of modules.
import { initAll } from "../nhsuk/nhsuk-frontend.min.js";

initAll();
