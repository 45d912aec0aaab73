// Bundles the scripts and the style sheet of the pages: node packages/report/build.mjs, after `tsc -b`
import { writePageCode } from "./dist/report/page-code.js";

writePageCode();
