// `npm run demo`: sets the machine up, then trains on real images and writes a page to look at.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { setUp } from "./setup.mjs";

try {
  setUp();
} catch (error) {
  console.error(`Error: ${error.message}`);
  process.exit(1);
}
const cli = fileURLToPath(new URL("../packages/cli/bin/tssl.cjs", import.meta.url));
const { status } = spawnSync(process.execPath, [cli, "demo", ...process.argv.slice(2)], { stdio: "inherit" });
process.exit(status ?? 1);
