// `npm run docs:errors`: writes docs/errors.md from the error codes in the code.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { format, resolveConfig } from "prettier";

import { errorsPage } from "../packages/cli/dist/errors-page.js";

const file = fileURLToPath(new URL("../docs/errors.md", import.meta.url));
mkdirSync(new URL("../docs/", import.meta.url), { recursive: true });
writeFileSync(file, await format(errorsPage(), { ...(await resolveConfig(file)), filepath: file }));
