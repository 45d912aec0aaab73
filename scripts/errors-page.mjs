// `npm run docs:errors`: writes docs/errors.md from the error codes in the code.
import { mkdirSync, writeFileSync } from "node:fs";

import { errorsPage } from "../packages/cli/dist/errors-page.js";

const folder = new URL("../docs/", import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL("errors.md", folder), errorsPage());
