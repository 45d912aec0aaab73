// A whole run of `tssl demo` on a device: images each second with the loader, and its share of the time.
// It needs no TensorFlow. Prints one line of JSON.
//
//   node bench/gpu/check-train.mjs FOLDER --set imageSize=224
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const [folder, ...flags] = process.argv.slice(2);
const out = path.join(folder, "run");
const tssl = fileURLToPath(new URL("../../packages/cli/bin/tssl.cjs", import.meta.url));
const parameters = [tssl, "demo", "--out", out, "--set", "engine.backend=pjrt", ...flags];
const { status, stderr } = spawnSync(process.execPath, parameters, { encoding: "utf8" });
if (status !== 0) {
  process.stderr.write(stderr);
  process.exit(1);
}
const outcome = JSON.parse(readFileSync(path.join(out, "outcome.json"), "utf8"));
const { steps, seconds, imagesPerSecond, bottleneck, evaluations } = outcome;
const { environment } = JSON.parse(readFileSync(path.join(out, "run.json"), "utf8"));
console.log(JSON.stringify({ steps, seconds, imagesPerSecond, bottleneck, evaluations, environment }));
