// Bundles the script and the style sheet of the pages: node packages/report/build.mjs, after `tsc -b`
import { writeFileSync } from "node:fs";

import { bundlePageCode } from "./dist/report/page-code.js";

const { script, style } = bundlePageCode();
writeFileSync(new URL("dist/browser/page.min.js", import.meta.url), script);
writeFileSync(new URL("dist/browser/page.min.css", import.meta.url), style);
