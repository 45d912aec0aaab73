// `npm run demo`: sets the machine up, then trains on real images and writes a page to look at.
import { spawnSync } from "node:child_process";

import { setUp } from "./setup.mjs";

await setUp();
const cli = new URL("../packages/cli/dist/main.js", import.meta.url).pathname;
const { status } = spawnSync(process.execPath, [cli, "demo", ...process.argv.slice(2)], { stdio: "inherit" });
process.exit(status ?? 1);
