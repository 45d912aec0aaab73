// Measures training steps of two checkouts of this repository in turns and prints a table.
//
//   node bench/step/checkouts.mjs ../before [--rounds 9] [--threads N] [case …]
//
// Both must be built. The other checkout's own tssl-step.mjs runs its steps. Ratio: of the medians, this
// checkout's speed to the other's.
import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { measureCase } from "./measure-case.mjs";
import { median } from "./median.mjs";
import { header, row } from "./report.mjs";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const { cases } = JSON.parse(readFileSync(here("cases.json"), "utf8"));
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: "string", default: "9" },
    threads: { type: "string", default: String(availableParallelism()) },
  },
});
const [other, ...names] = positionals;
if (other === undefined) throw new Error("Name the other checkout: node bench/step/checkouts.mjs ../before");

const plan = { probeSteps: 1, keep: 1, rounds: Number(options.rounds), turnSeconds: 3 };
const scripts = { before: path.resolve(other, "bench/step/tssl-step.mjs"), after: here("tssl-step.mjs") };

console.log(`${cpus()[0].model}, ${options.threads} threads each, mode graph, ${plan.rounds} rounds.\n`);
console.log(header(["case", "before, images/s", "after, images/s", "ratio", "peak before, MiB", "after"]));
for (const name of names.length > 0 ? names : Object.keys(cases)) {
  const variants = Object.entries(scripts).map(([program, script]) => ({
    program,
    variant: "graph",
    command: process.execPath,
    args: [script, "--case", name, "--variant", "graph", "--threads", options.threads],
  }));
  const { batch } = cases[name];
  const [before, after] = await measureCase({ variants, batch, plan, onProgress: () => undefined });
  const ratios = after.turns.map((speed, i) => speed / before.turns[i]);
  console.log(
    row([
      name,
      median(before.turns).toFixed(1),
      median(after.turns).toFixed(1),
      `${(median(after.turns) / median(before.turns)).toFixed(2)} (${Math.min(...ratios).toFixed(2)} to ` +
        `${Math.max(...ratios).toFixed(2)})`,
      Math.round(before.peaks.whole),
      Math.round(after.peaks.whole),
    ]),
  );
}
