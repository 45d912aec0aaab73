import { startEngine } from "@tssl/engine";
import { beforeAll, describe, it } from "vitest";

import { convnext } from "../../networks/convnext.ts";
import { resnet20 } from "../../networks/resnet.ts";
import { vit } from "../../networks/vit.ts";
import { encoderCheckNames } from "../encoder-messages.ts";
import { smallConvNet } from "../small-conv-net.ts";
import { encoderChecks } from "./encoder-checks.ts";
import { testEncoder } from "./test-encoder.ts";

const small = { imageSize: 16, viewSizes: [[24, 16], 10] } as const;

await testEncoder(smallConvNet, small);

beforeAll(() => startEngine({ device: "cpu" }));

/** Small ones of each kind; XLA takes seconds to compile them. */
describe.each<[string, Parameters<typeof encoderChecks>]>([
  ["a small ResNet", [resnet20, { ...small, options: { widths: [8, 8, 16] } }]],
  [
    "a small ViT",
    [vit("small-vit", { dim: 8, depth: 1, heads: 2 }), { ...small, options: { patchSize: 4 } }],
  ],
  ["a small ConvNeXt", [convnext("small-convnext", { depths: [1, 1], dims: [6, 8] }), small]],
])("%s", (_, [encoder, options]) => {
  for (const { name, run } of encoderChecks(encoder, options)) {
    it(name, { tags: name === encoderCheckNames.xlaAgrees ? ["long"] : [], timeout: 120_000 }, run);
  }
});
