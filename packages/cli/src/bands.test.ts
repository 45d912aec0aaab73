import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { randomStream } from "@tssl/augment-zoo";
import type { ProvenArtefact } from "@tssl/export";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { warmTsslIn } from "./built-program.test.data.ts";
import { EXAMPLE, smallExample } from "./example-run.test.data.ts";
import { copyTrainAndTest } from "./few-images.test.data.ts";
import { lossesIn } from "./run-numbers.test.data.ts";

let folder: string;
const tssl = (...args: string[]) => warmTsslIn(folder, args);

/** A .npy file of uint16, `[16, 16, 5]`: noise of 12 bits around a level of the class's own. */
function npy(seed: number, level: number): Buffer {
  const header = "{'descr': '<u2', 'fortran_order': False, 'shape': (16, 16, 5), }".padEnd(117) + "\n";
  const random = randomStream(seed, "bands");
  const values = Uint16Array.from({ length: 16 * 16 * 5 }, () => level + random.integer(1000));
  const start = Buffer.from("\x93NUMPY\x01\x00v\x00", "latin1");
  return Buffer.concat([start, Buffer.from(header), Buffer.from(values.buffer)]);
}

function writeBands(set: string, perClass: number): void {
  for (const [place, name] of ["dark", "bright"].entries()) {
    mkdirSync(path.join(folder, set, name), { recursive: true });
    for (let i = 0; i < perClass; i++) {
      const file = path.join(folder, set, name, `${i}.npy`);
      writeFileSync(file, npy(i + 100 * place + 1000 * perClass, 500 + 2000 * place));
    }
  }
}

const flags = (data: object, more: object = {}) =>
  smallExample(
    { train: path.join(folder, "train"), test: path.join(folder, "test") },
    {
      ...Object.fromEntries(Object.entries(data).map(([name, value]) => [`data.${name}`, value])),
      ...more,
    },
  );
const moco = {
  "plugins.0.queueSize": undefined,
  "plugins.0.dim": undefined,
  plugins: [{ use: "moco", queueSize: 32, dim: 16 }],
};

const losses = (run: string) => lossesIn(path.join(folder, run));

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-bands-"));
  await copyTrainAndTest(folder);
  mkdirSync(path.join(folder, "grey"));
  writeBands("bands", 12);
  writeBands("bandsTest", 4);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("grey images", () => {
  it("train with every method's views, and are exported with one channel", () => {
    const trained = tssl(
      ...["train", EXAMPLE, "--out", "greyRun"],
      ...flags({ channels: 1, mean: [0.48], deviation: [0.25] }, { epochs: 1 }),
    );
    expect(trained.code, trained.err).toBe(0);
    const { code, out, err } = tssl(
      ..."export greyRun --to safetensors,onnx,tfjs --out net --json".split(" "),
    );
    expect(code, err).toBe(0);
    const { artefacts } = JSON.parse(out) as { artefacts: ProvenArtefact[] };
    for (const { name, difference } of artefacts) expect(difference, name).toBeLessThan(1e-5);
    const card = readFileSync(path.join(folder, "net/README.md"), "utf8");
    expect(card).toContain("pixels in grey: ");
    expect(card).toContain("np.zeros((1, 1, 32, 32), np.uint8)");
    const page = tssl(..."export greyRun --to page --out page".split(" "));
    expect(page.err).toContain("page: it takes red, green and blue, and the run has data.channels: 1");
  });

  it("start from weights of a colour network, whose first filters are summed", { tags: "long" }, () => {
    const colour = tssl("train", EXAMPLE, "--out", "colourRun", ...flags({}, { epochs: 1 }));
    expect(colour.code, colour.err).toBe(0);
    const exported = tssl(..."export colourRun --to safetensors --out weights".split(" "));
    expect(exported.code, exported.err).toBe(0);
    const weights = path.join(folder, "weights/model.safetensors");
    const { code, err } = tssl(
      ...["train", EXAMPLE, "--out", "adapted"],
      ...flags(
        { channels: 1, mean: [0.48], deviation: [0.25] },
        { epochs: 1, encoder: { use: "resnet20", widths: [4, 4, 8], weights } },
      ),
    );
    expect(code, err).toBe(0);
    expect(err).toContain("Its conv1.weight is for 3 channels: they are summed into one.");
  });
});

describe("arrays of five bands", () => {
  const data = () => ({
    train: path.join(folder, "bands"),
    test: path.join(folder, "bandsTest"),
    channels: 5,
    range: [0, 4095],
    withoutColour: true,
    mean: [0.4, 0.4, 0.4, 0.4, 0.4],
    deviation: [0.25, 0.25, 0.25, 0.25, 0.25],
  });

  it("are measured", () => {
    const { code, out, err } = tssl(..."data stats bands --channels 5 --range 0,4095".split(" "));
    expect(code, err).toBe(0);
    expect(out).toContain("# of 24 images, 6,144 pixels, each counted alike\ndata:\n  mean: [0.48");
    expect(out.match(/\d\.\d{4}/g)?.length).toBe(10);
  });

  it("are looked at", () => {
    const { code, out, err } = tssl("data", "bands");
    expect(code, err).toBe(0);
    expect(out).toMatch(/format +24 × npy/);
    expect(out).toMatch(/channels +24 × 5/);
    expect(out).toMatch(/bit depth +24 × 16/);
  });

  it("train, evaluate, go on and are exported as weights", () => {
    const small = { ...moco, imageSize: 16, "checkpoint.everySteps": 1 };
    const { code, err } = tssl("train", EXAMPLE, "--out", "run", ...flags(data(), small));
    expect(code, err).toBe(0);
    const outcome = JSON.parse(readFileSync(path.join(folder, "run/outcome.json"), "utf8")) as {
      evaluations: { accuracy: number }[];
    };
    expect(outcome.evaluations.at(-1)!.accuracy).toBeGreaterThan(0.8); // classes differ in their level
    const whole = losses("run");
    expect(whole.length).toBe(2);
    rmSync(path.join(folder, "run/checkpoints/step-0000002.json"));
    const resumed = tssl("train", "--resume", "run");
    expect(resumed.code, resumed.err).toBe(0);
    expect(losses("run")).toEqual(whole);
    const exported = tssl(..."export run --to safetensors --out bandsNet --json".split(" "));
    expect(exported.code, exported.err).toBe(0);
    const onnx = tssl(..."export run --to onnx --out onnx".split(" "));
    expect(onnx.err).toContain("onnx: the encoder takes images of float32 (data.depth 32)");
  });

  it("are refused where something does not fit, in words", () => {
    const colour = tssl(
      ...["train", EXAMPLE, "--out", "x"],
      ...flags({ ...data(), withoutColour: false }, { ...moco, imageSize: 16 }),
    );
    expect(colour.code).toBe(2);
    expect(colour.err).toContain(
      "colorJitter (saturation, hue) needs red, green and blue, and images have 5 channels",
    );
    const six = { channels: 6, mean: [0, 0, 0, 0, 0, 0], deviation: [1, 1, 1, 1, 1, 1] };
    const bands = tssl(
      ...["train", EXAMPLE, "--out", "x"],
      ...flags({ ...data(), ...six }, { ...moco, imageSize: 16 }),
    );
    expect(bands.code).not.toBe(0);
    expect(bands.out + bands.err).toMatch(/\.npy: 5 channels, where data\.channels says 6/);
  });
});
