import { writeFileSync } from "node:fs";
import path from "node:path";

import { startEngine } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { encodeSafetensors, type WritableArray } from "../../files/safetensors.ts";
import { createScope, type Scope } from "../../state/scope.ts";
import { createStateStore, type StateStore } from "../../state/store.ts";
import { assertClose, fill } from "../../testing/index.ts";
import { refusal } from "../../testing/refusal.ts";
import { type TemporaryFolder, temporaryFolder } from "../../testing/temporary-folder.ts";
import { convnext } from "../convnext.ts";
import type { Encoder } from "../encoder.ts";
import { bicubicWeights } from "../resampled-grid.ts";
import { resnet20 } from "../resnet.ts";
import { vit, type VitOptions } from "../vit.ts";
import { buildWithWeights } from "./load-weights.ts";
import { readWeights } from "./read-weights.ts";
import { type TorchArray, toTorch } from "./torch-array.ts";

let files: TemporaryFolder;
beforeAll(async () => {
  await startEngine({ device: "cpu" });
  files = await temporaryFolder();
});
afterAll(() => files.remove());

const small = { widths: [2, 3, 4] as [number, number, number], norm: "batch", recompute: false } as const;
const build = {
  resnet20: (scope: Parameters<typeof resnet20.build>[0]) =>
    resnet20.build(scope, small, { imageSize: 32, channels: 3 }),
};

const vitOptions: VitOptions = {
  ...{ patchSize: 4, heads: 1 },
  ...{ pool: "class", positions: "learned", fixedPatches: false },
};

/** The values of an encoder, in PyTorch's order of axes. */
const valuesIn = (store: StateStore): Record<string, TorchArray> =>
  Object.fromEntries(
    store.entries().map(({ name, variable }) => {
      const data = variable.dataSync() as Float32Array;
      return [name, toTorch(name, { shape: variable.shape, data })] as const;
    }),
  );

/** The values of a small encoder of a seed, in PyTorch's order of axes. */
function arraysOf(seed: number): Record<string, TorchArray> {
  const store = createStateStore();
  build.resnet20(createScope(store, seed, "", true));
  const arrays = store.entries().map(({ name, variable }) => {
    const data = Float32Array.from(variable.dataSync(), (value) => value + 0.125);
    return [name, toTorch(name, { shape: variable.shape, data })] as const;
  });
  store.dispose();
  return Object.fromEntries(arrays);
}

function write(name: string, arrays: Readonly<Record<string, WritableArray>>): string {
  const file = path.join(files.path, name);
  writeFileSync(file, encodeSafetensors(arrays));
  return file;
}

describe("an encoder with weights", () => {
  it("takes every value in its place, and says what is left over", async () => {
    const arrays = arraysOf(5);
    const named = Object.fromEntries(
      Object.entries(arrays).map(([name, array]) => [`module.encoder_q.${name}`, array]),
    );
    const counter = { shape: [], data: BigInt64Array.of(7n) };
    const file = write("moco.safetensors", {
      ...named,
      "module.encoder_q.bn1.num_batches_tracked": counter,
      "module.encoder_q.fc.weight": { shape: [1], data: Float32Array.of(1) },
    });
    const store = createStateStore();
    const scope = createScope(store, 0, "net.", true);
    const { loaded } = buildWithWeights(scope, build.resnet20, await readWeights(file));
    expect(loaded).toMatchObject({
      naming: "torchvision and timm",
      prefix: "module.encoder_q.",
      taken: Object.keys(arrays).length,
      leftOver: ["module.encoder_q.fc.weight"],
    });
    for (const { name, variable } of store.entries()) {
      const { data } = toTorch(name, { shape: variable.shape, data: variable.dataSync() as Float32Array });
      expect([...data]).toEqual([...arrays[name.slice("net.".length)]!.data]);
    }
    store.dispose();
  });

  it("interpolates the position embeddings of another grid, and says so", async () => {
    const small = vit("small", { dim: 4, depth: 1, heads: 1 });
    const options = vitOptions;
    const built = (store: StateStore, imageSize: number) => {
      const build = (scope: Scope) => small.build(scope, options, { imageSize, channels: 3 });
      return { build, scope: createScope(store, 0, "", true) };
    };
    const [saved, store] = [createStateStore(), createStateStore()];
    const from = built(saved, 8);
    from.build(from.scope);
    const file = write("vit.safetensors", valuesIn(saved));
    const to = built(store, 16);
    const { loaded } = buildWithWeights(to.scope, to.build, await readWeights(file));
    expect(loaded.resized).toEqual({ from: [2, 2], to: [4, 4] });
    const [before, after] = [saved, store].map((each) => each.get("pos_embed").variable.dataSync());
    expect([...after!.slice(0, 4)]).toEqual([...before!.slice(0, 4)]);
    // Bicubic weights of two values in a row, applied to the columns and then to the rows.
    const shares = bicubicWeights(2, 4).map(([first]) => first!);
    const first = (row: number, column: number) => before![4 * (1 + 2 * row + column)]!;
    const along = (row: number, share: number) => share * first(row, 0) + (1 - share) * first(row, 1);
    for (const [i, down] of shares.entries()) {
      for (const [j, across] of shares.entries()) {
        const wanted = down * along(0, across) + (1 - down) * along(1, across);
        expect(after![4 * (1 + 4 * i + j)]).toBeCloseTo(wanted, 6);
      }
    }
    saved.dispose();
    store.dispose();
  });

  it.each<[string, (scope: Scope, channels: number) => Encoder]>([
    [
      "ViT",
      (scope, channels) =>
        vit("small", { dim: 4, depth: 1, heads: 1 }).build(scope, vitOptions, { imageSize: 8, channels }),
    ],
    [
      "ConvNeXt",
      (scope, channels) =>
        convnext("small", { depths: [1, 1], dims: [4, 6] }).build(scope, {}, { imageSize: 8, channels }),
    ],
  ])("of three channels start a %s of six, which sees two copies of an image as one", async (name, build) => {
    const [saved, store] = [createStateStore(), createStateStore()];
    const three = build(createScope(saved, 3, "", true), 3);
    const { encoder: six, loaded } = buildWithWeights(
      createScope(store, 4, "", true),
      (scope) => build(scope, 6),
      await readWeights(write(`${name}.safetensors`, valuesIn(saved))),
    );
    expect(loaded.adapted).toMatchObject({ from: 3, to: 6 });
    const image = tf.tensor4d(fill("an image", 2 * 8 * 8 * 3, 1), [2, 8, 8, 3]);
    const mode = { training: false, batchNormGroups: 1 };
    const wanted = three.forward(image, mode).dataSync();
    assertClose(six.forward(tf.concat([image, image], 3), mode).dataSync(), wanted, 1e-5);
    saved.dispose();
    store.dispose();
  });

  it("says which values a file lacks or has in another shape, and takes none", async () => {
    const { "layer2.0.conv1.weight": one, "bn1.bias": _, ...rest } = arraysOf(5);
    const file = write("wrong.safetensors", {
      ...rest,
      "layer2.0.conv1.weight": { ...one!, shape: [2, 3, 3, 3] },
    });
    const weights = await readWeights(file);
    const store = createStateStore();
    expect(
      await refusal(() => buildWithWeights(createScope(store, 0, "", true), build.resnet20, weights)),
    ).toBe(
      `WEIGHTS: ${file} does not fit the encoder.\n` +
        "  - bn1.bias is missing\n" +
        "  - layer2.0.conv1.weight has shape [2, 3, 3, 3], the encoder needs [3, 2, 3, 3]",
    );
    store.dispose();
  });
});

describe("a file that holds no weights", () => {
  const read = (name: string, bytes: Uint8Array) => {
    const file = path.join(files.path, name);
    writeFileSync(file, bytes);
    return refusal(() => readWeights(file));
  };
  const whole = () => Buffer.from(encodeSafetensors({ a: { shape: [2], data: Float32Array.of(1, 2) } }));

  it("is refused with three lines of Python where it is a pickle, whatever its name", async () => {
    const message = await read("net.pth", Buffer.from("PK\x03\x04"));
    expect(message).toBe(await read("net.pth", whole()));
    expect(message.split("\n")).toHaveLength(4);
    expect(message).toContain("net.pth is a pickle, which can run code when it is read.");
    expect(message).toContain(
      `  saved = torch.load(${JSON.stringify(path.join(files.path, "net.pth"))}, map_location="cpu"`,
    );
    expect(await read("zip.safetensors", Buffer.from("PK\x03\x04....."))).toContain("is a pickle");
  });

  it("is refused where it is cut short, or its header lies", async () => {
    expect(await read("short.safetensors", whole().subarray(0, -1))).toMatch(
      /short\.safetensors is not a valid safetensors file: "a" ends at byte \d+, and the file has \d+ bytes\. Copy it again\.$/,
    );
    const lying = whole();
    lying.write("[3]", lying.indexOf("[2]"));
    expect(await read("lie.safetensors", lying)).toContain('"a" has 8 bytes, and its shape takes 12.');
    expect(await read("empty.safetensors", Buffer.alloc(0))).toContain("it has 0 bytes");
  });

  it("is refused where it is not there, or a folder", async () => {
    await expect(readWeights(path.join(files.path, "none.safetensors"))).rejects.toThrow(
      "there is no such file.",
    );
    await expect(readWeights(files.path)).rejects.toThrow(/cannot be read: .*folder/);
  });
});
