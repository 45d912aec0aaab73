// Takes the golden steps of rows again and writes how far they are from PyTorch's: their parity receipts.
//
//   node bench/table/parity.mjs [row …]
import { goldenDifferences, goldenTolerance } from "@tssl/core/testing";
import { TSSL_VERSION } from "@tssl/core/run";
import { startEngine } from "@tssl/engine";

import { goldenCasesOf, rowsWithGoldenCases } from "../../packages/cli/dist/golden-cases.js";
import { commitOf, hardware, rowNamed, sha256, writeReceipt } from "./measured.mjs";

const asked = process.argv.slice(2);
const engine = await startEngine({ device: "cpu" });
for (const row of asked.length > 0 ? asked : rowsWithGoldenCases) {
  await rowNamed(row);
  const golden = await goldenCasesOf(row);
  const cases = [];
  for (const each of golden) {
    cases.push({
      name: each.name,
      steps: each.golden.steps.length,
      reference: each.golden.source,
      differences: await goldenDifferences(each, "graph"),
      tolerance: goldenTolerance(each),
    });
  }
  await writeReceipt(row, "parity", {
    configHash: sha256(golden.map(({ golden: { settings } }) => settings)),
    seeds: [],
    versions: {
      tssl: TSSL_VERSION,
      TensorFlow: engine.tensorflow?.version,
      PyTorch: golden[0].golden.versions.torch,
      "Node.js": process.version,
    },
    hardware: hardware(engine.threads),
    command: `node bench/table/parity.mjs ${row}`,
    commit: commitOf("HEAD"),
    measuredAt: new Date().toISOString(),
    cases,
  });
}
process.exit();
