import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { openComparison, planComparison } from "./comparison-plan.ts";
import { variantsOf } from "./variants.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-plan-"));
  mkdirSync(path.join(folder, "images"));
  writeFileSync(
    path.join(folder, "moco.yaml"),
    `data: { train: ./images }
imageSize: 32
epochs: 2
batchSize: 8
encoder: { use: resnet20 }
plugins: [{ use: moco, queueSize: 16 }]
optimizer: { use: sgd, lr: 0.06 }
`,
  );
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = async (...set: string[]) => {
  const variants = variantsOf([path.join(folder, "moco.yaml")], ["optimizer.lr=0.03,0.06"], set);
  await openComparison(path.join(folder, "out"), await planComparison(variants, { trust: false }));
};

interface Written {
  variants: { resolved: Record<string, Record<string, unknown>> & { plugins: Record<string, unknown>[] } }[];
}

/** Changes what plan.json says of the second variant, as another version would have written it. */
function rewritePlan(change: (resolved: Written["variants"][number]["resolved"]) => void): void {
  const file = path.join(folder, "out", "plan.json");
  const plan = JSON.parse(readFileSync(file, "utf8")) as Written;
  change(plan.variants[1]!.resolved);
  writeFileSync(file, JSON.stringify(plan));
}

describe("a comparison in a folder", () => {
  it("goes on with a plan that was written before some options came, which are at their defaults", async () => {
    await open();
    rewritePlan(({ encoder, optimizer, health, plugins }) => {
      delete encoder!["freezeEpochs"];
      delete optimizer!["finalLr"];
      delete health!["everySteps"];
      delete plugins[0]!["inBatchNegatives"];
    });
    await open();
  });

  it("is another one where such an option is set now", async () => {
    await open("health.everySteps=7");
    rewritePlan(({ health }) => delete health!["everySteps"]);
    await expect(open("health.everySteps=7")).rejects.toThrow(
      "holds another comparison: variants.1.resolved.health.everySteps was 200, is 7.",
    );
  });

  it("is another one where a value that the plan has differs, or an option of it is gone", async () => {
    await open();
    rewritePlan(({ plugins }) => (plugins[0]!["queueSize"] = 32));
    await expect(open()).rejects.toThrow("variants.1.resolved.plugins.0.queueSize was 32, is 16.");
    rewritePlan(({ plugins }) => (plugins[0]!["queueSize"] = 16));
    await open();
    rewritePlan(({ encoder }) => (encoder!["gone"] = 1));
    await expect(open()).rejects.toThrow("variants.1.resolved.encoder.gone was 1, is absent.");
  });
});
