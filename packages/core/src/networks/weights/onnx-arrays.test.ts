import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { randomStream } from "@tssl/augment-zoo";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { refusal } from "../../testing/refusal.ts";
import { type TemporaryFolder, temporaryFolder } from "../../testing/temporary-folder.ts";
import { onnxArrays } from "./onnx-arrays.ts";
import { readWeights } from "./read-weights.ts";

/** fixtures/make_onnx_weights.py */
interface Golden {
  readonly shape: readonly number[];
  readonly cases: readonly { readonly name: string; readonly model: string; readonly values: number[] }[];
  readonly withConstants: string;
  readonly twice: string;
  readonly elsewhere: string;
}
const golden = JSON.parse(
  readFileSync(new URL("../../../fixtures/onnx-weights.json", import.meta.url), "utf8"),
) as Golden;

let files: TemporaryFolder;
beforeAll(async () => {
  files = await temporaryFolder();
});
afterAll(() => files.remove());

function write(model: string | Uint8Array): string {
  const file = path.join(files.path, "net.onnx");
  writeFileSync(file, typeof model === "string" ? Buffer.from(model, "base64") : model);
  return file;
}

describe("the weights of an ONNX model", () => {
  it.each(golden.cases)("are those that onnx reads: $name", async ({ model, values }) => {
    const { arrays, names, metadata } = await readWeights(write(model));
    expect(names).toEqual(["conv1.weight"]);
    expect(arrays.get("conv1.weight")!.shape).toEqual(golden.shape);
    expect([...arrays.get("conv1.weight")!.data]).toEqual(values);
    expect(metadata).toEqual({ about: "golden" });
  });

  it("are its arrays of floating-point numbers; constants of the graph are left alone", async () => {
    expect((await readWeights(write(golden.withConstants))).names).toEqual(["conv1.weight"]);
  });
});

describe("an ONNX model", () => {
  it("is refused with the lines that mend it where its weights lie in another file", async () => {
    expect(await refusal(() => readWeights(write(golden.elsewhere)))).toMatch(
      /^WEIGHTS: .*net\.onnx has its weights in another file \(elsewhere\.weight is the first\)/,
    );
  });

  it("is refused where a name stands twice, it has no graph, or it is cut short", async () => {
    const whole = Buffer.from(golden.cases[1]!.model, "base64");
    expect(await refusal(() => readWeights(write(golden.twice)))).toContain('"conv1.weight" stands twice');
    expect(await refusal(() => readWeights(write(Buffer.alloc(0))))).toContain("it has no graph");
    expect(await refusal(() => readWeights(write(whole.subarray(0, 40))))).toContain(
      "its protocol buffers end too early or are none",
    );
  });

  it("is refused where an array has not as many bytes as its shape takes", async () => {
    const lying = Buffer.from(golden.cases[1]!.model, "base64");
    const dims = lying.indexOf(Buffer.from([8, 2, 8, 3])); // field 1, twice
    lying[dims + 3] = 4;
    expect(await refusal(() => readWeights(write(lying)))).toContain(
      'the initializer "conv1.weight" has 24 bytes, and its shape takes 32',
    );
  });

  it("gives arrays that fit their shapes, or an error, whichever of its bytes are damaged", () => {
    const random = randomStream(11, "damaged bytes");
    const whole = Buffer.from(golden.withConstants, "base64");
    for (let i = 0; i < 3000; i++) {
      const damaged = Buffer.from(whole.subarray(0, 1 + random.integer(whole.length)));
      for (let flips = random.integer(4); flips > 0; flips--) {
        damaged[random.integer(damaged.length)] = random.integer(256);
      }
      try {
        for (const { shape, bytes, type } of onnxArrays(damaged, "net.onnx").arrays) {
          const width = { F32: 4, F16: 2, F64: 8, BF16: 2 }[type as "F32"];
          expect(bytes.length).toBe(shape.reduce((product, side) => product * side, width));
        }
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
        expect((error as Error).message).toMatch(/protocol buffers|no graph|initializer|another file/);
      }
    }
  });
});
