// Times steps of rows beside MoCo v2's, in turns, and writes their cost receipts. Run it on a quiet machine
// alone.
//
//   node bench/table/cost.mjs [--rounds 7] [row …]
import { availableParallelism, loadavg } from "node:os";
import { parseArgs } from "node:util";

import { TSSL_VERSION } from "@tssl/core/run";
import { startEngine } from "@tssl/engine";
import { decidingValues, readTable, valuesHash } from "@tssl/report";

import { costConfig, stepCost } from "../../packages/cli/dist/step-cost.js";
import { COST_UNIT } from "../../packages/cli/dist/table-cells.js";
import { commitOf, hardware, rowNamed, writeReceipt } from "./measured.mjs";

const { values: options, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: "string", default: "7" } },
});
if (loadavg()[0] > 0.1 * availableParallelism()) {
  throw new Error(`The machine is busy (load ${loadavg()[0].toFixed(1)}): its times would mean nothing.`);
}
const moco = await rowNamed(COST_UNIT);
const timed = (await readTable()).map(({ id }) => id).filter((id) => id !== COST_UNIT);
const engine = await startEngine({ device: "cpu" });
for (const id of asked.length > 0 ? asked : timed) {
  const { plugins } = await rowNamed(id);
  const { ratio, range } = await stepCost(plugins, moco.plugins, Number(options.rounds));
  await writeReceipt(id, "cost", {
    configHash: valuesHash(decidingValues((await costConfig(plugins)).resolved)),
    seeds: [0],
    versions: { tssl: TSSL_VERSION, TensorFlow: engine.tensorflow?.version, "Node.js": process.version },
    hardware: hardware(engine.threads),
    command: `node bench/table/cost.mjs --rounds ${options.rounds} ${id}`,
    commit: commitOf("HEAD"),
    measuredAt: new Date().toISOString(),
    ratio,
    range,
    rounds: Number(options.rounds),
    // What rounds differ by on a quiet machine, twice, and no less than a tenth.
    tolerance: Math.max(0.1, (2 * (range[1] - range[0])) / ratio),
  });
}
process.exit();
