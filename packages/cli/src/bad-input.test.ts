import { execFileSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import * as tf from "@tensorflow/tfjs";
import { definePlugin, linearHead } from "@tssl/core";
import { runTraining } from "@tssl/core/run";
import { smallConvNet } from "@tssl/core/testing";
import { cifar10Subset } from "@tssl/demo-data";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { compositions, smallRun } from "./compositions.test.data.ts";
import { exitCodeOf, explain } from "./errors.ts";
import { copyImages } from "./few-images.test.data.ts";
import { readRunConfig, resolveConfig } from "./read-run-config.ts";

// In this process, through what main.ts does with an error: to start the program takes seconds. cli.test.ts
// starts it.

let folder: string;
let images: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-bad-"));
  images = copyImages((await cifar10Subset()).train, path.join(folder, "images"), 12);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const within = (name: string) => path.join(folder, name);

type Values = Readonly<Record<string, unknown>>;

interface Case {
  readonly config?: Values;
  readonly out?: string;
  readonly resume?: boolean;
}

/** A small run without test images, which goes well unless something is wrong with it. */
async function train({ config = {}, out = "never", resume = false }: Case = {}) {
  const { data, ...rest } = { data: {}, ...config } as { data: object } & Values;
  return runTraining({
    config: await resolveConfig(
      {
        ...smallRun({ train: images, test: null as never }, { use: smallConvNet }),
        ...compositions[0]!.config,
        epochs: 1,
        data: { train: images, workers: 1, ...data },
        ...rest,
      },
      folder,
      "config.yaml",
    ),
    out: path.resolve(folder, out),
    ...(resume ? { resume: { allowedChanges: [] } } : {}),
  });
}

/** What the program would say and end with. */
async function endOf(run: () => Promise<unknown>): Promise<{ readonly says: string; readonly code: number }> {
  try {
    await run();
  } catch (error) {
    return { says: explain(error), code: exitCodeOf(error) };
  }
  return { says: "", code: 0 };
}

function file(name: string, content: string | Uint8Array): string {
  mkdirSync(path.dirname(within(name)), { recursive: true });
  writeFileSync(within(name), content);
  return within(name);
}

type Hook = "views" | "setup" | "step" | "after" | "input";

/** A method that throws in one of its hooks, and is whole in the others. */
const broken = (hook: Hook) => {
  const fail = (): never => {
    throw new Error("out of ideas");
  };
  return definePlugin<object>({
    name: "broken",
    options: { type: "object", additionalProperties: false, required: [], properties: {} },
    views: () => (hook === "views" ? fail() : { image: { recipe: [{ op: "centerCrop", size: 32 }] } }),
    setup(build) {
      if (hook === "setup") fail();
      if (hook === "input") build.input({ name: "dice", shape: [], valueAt: fail });
      const network = build.network("network", { head: linearHead({ dim: 2 }) });
      return {
        network,
        step({ views }) {
          if (hook === "step") fail();
          const loss = tf.mean<tf.Scalar>(tf.square(network.embed(views["image"]!)));
          return { terms: { size: { loss } }, ...(hook === "after" && { after: fail }) };
        },
      };
    },
  });
};

describe("what is refused before the first step", () => {
  it.each<[what: string, Case | (() => Case), code: 1 | 2, says: string]>([
    ["a folder that is missing", { config: { data: { train: "./nowhere" } } }, 1, "/nowhere must be a folder of images, but there is no such folder.\n(INVALID_DATA"],
    ["an empty folder", () => (mkdirSync(within("empty")), { config: { data: { train: "./empty" } } }), 1, "); it is empty.\n(INVALID_DATA"],
    ["a folder of other files", () => (file("texts/a.md", "a"), file("texts/b.md", "b"), file("texts/c", "c"), { config: { data: { train: "./texts" } } }), 1, "found 2 × .md and 1 × no extension (no images).\n(INVALID_DATA"],
    ["an unknown option", { config: { batchsize: 16 } }, 2, 'config.yaml has 1 problem:\n  - batchsize: unknown option. Did you mean "batchSize"?'],
    ["a misspelt extends", { config: { extend: "moco/cifar10" } }, 2, 'extend: unknown option. Did you mean "extends"?'],
    ["a wrong type", { config: { epochs: "many" } }, 2, 'epochs: must be integer, got "many"\n(INVALID_CONFIG, see tssl explain INVALID_CONFIG)'],
    ["a batch larger than the data set", { config: { batchSize: 64 } }, 2, "batchSize must be at most the 48 training images, got 64.\n(INVALID_OPTION"],
    ["a queue smaller than a batch", { config: { plugins: [{ use: "moco", queueSize: 8 }] } }, 2, "plugins.moco.queueSize must be at least 16"],
    ["clsa without a method", { config: { plugins: [{ use: "clsa" }] } }, 2, 'plugins: "clsa" needs a plugin that publishes "embeddingSpace", and none of these does. Add a method such as moco.\n(INVALID_PLUGIN'],
    ["clsa on cpc", { config: { plugins: [{ use: "cpc" }, { use: "clsa" }] } }, 2, 'plugins: "clsa" needs a plugin that publishes "embeddingSpace", and cpc does not. Use a method that does, such as moco, or leave "clsa" out.\n(INVALID_PLUGIN'],
    ["two methods", { config: { plugins: [{ use: "moco", queueSize: 40, dim: 8 }, { use: "simclr" }] } }, 2, 'plugins: "moco" and "simclr" both publish "embeddingSpace". Keep one of them.\n(INVALID_PLUGIN'],
    ["a plugin file that is missing", { config: { plugins: [{ use: "./missing.ts" }] } }, 2, "missing.ts cannot be loaded"],
    ["a package that is not installed", { config: { plugins: [{ use: "@nobody/plugin-none" }] } }, 2, "@nobody/plugin-none cannot be loaded: Cannot find "],
    ["a plugin file that exports no plugin", () => (file("other.ts", 'export default { name: "x", options: 3, setup: 4 };'), { config: { plugins: [{ use: "./other.ts" }] } }), 2, "other.ts cannot be loaded: its default export is no plugin, encoder or optimizer; definePlugin makes one.\n(INVALID_CONFIG"],
    ["a plugin file that is a pipe", () => (execFileSync("mkfifo", [within("pipe.ts")]), { config: { plugins: [{ use: "./pipe.ts" }] } }), 2, "pipe.ts cannot be loaded: it is a pipe or a device, not a file.\n(INVALID_CONFIG"],
    ["an encoder in place of a plugin", () => (file("net.ts", 'export default { name: "x", options: {}, build() {} };'), { config: { plugins: [{ use: "./net.ts" }] } }), 2, "net.ts cannot be loaded: its default export is an encoder, and a plugin is needed here.\n(INVALID_CONFIG"],
    ["a plugin without a schema", () => (file("schema.ts", 'export default { name: "x", options: { type: 3 }, setup() {} };'), { config: { plugins: [{ use: "./schema.ts" }] } }), 2, "plugins.x: the JSON schema of its options cannot be used: "],
    ["a number that is none", { config: { optimizer: { use: "sgd", lr: NaN } } }, 2, "optimizer.lr: must be number, got .nan\n"],
    ["endless epochs", { config: { epochs: 1e300 } }, 2, "epochs: must be <= 1000000, got 1e+300\n"],
    ["images that no memory holds", { config: { imageSize: 100000 } }, 2, "imageSize: must be <= 4096, got 100000\n"],
    ["a thousand threads", { config: { engine: { threads: 1000 } } }, 2, "engine.threads must be at most "],
    ["a thousand workers", { config: { data: { workers: 1000 } } }, 2, "data.workers must be at most "],
    ["a queue that no memory holds", { config: { plugins: [{ use: "moco", queueSize: 2 ** 24, dim: 65536 }] } }, 2, "plugins.moco: its state moco.keys.rows of 16,777,216 x 65,536 numbers brings the run to "],
    ["a million shards a thousand times", { config: { data: { train: "./x{0..99999}{0..9999}.tar" } } }, 1, "stands for more than 1,000,000 shards.\n(INVALID_DATA"],
    ["a pipe for a list", () => (execFileSync("mkfifo", [within("pipe.txt")]), { config: { data: { train: "./pipe.txt" } } }), 1, "pipe.txt cannot be read: it is a pipe or a device, not a file.\n(INVALID_DATA"],
    ["a pipe for a shard", () => (execFileSync("mkfifo", [within("pipe.tar")]), { config: { data: { train: "./pipe.tar" } } }), 1, "pipe.tar cannot be read: it is a pipe or a device, not a file.\n(INVALID_DATA"],
    ["a folder of the system for images", { config: { data: { train: "/proc" } } }, 1, "/proc cannot be read: it is a part of /proc or /sys, where no images are.\n(INVALID_DATA"],
    ["a run folder that cannot be made", { out: "/proc/tssl/run" }, 1, "/proc/tssl/run cannot be written: "],
    ["a device that there is none of", { config: { engine: { device: "cuda" } } }, 2, 'engine.device: must be one of "auto", "cpu", "gpu", got "cuda".'],
    ["a run folder with something in it", () => (file("full/a", "a"), { out: "full" }), 1, "full must be a new or empty folder, and it holds 1 entry. Choose another with --out.\n(RUN_FOLDER"],
    ["a run folder under a file", () => (file("afile", "a"), { out: "afile/run" }), 1, "afile/run cannot be written: "],
    ["a folder to resume that is no run", { out: "images", resume: true }, 1, "images has no config.yaml, which a run writes when it starts. Name the folder of a run, such as runs/demo."],
    ["a plugin that throws in views", () => ({ config: { plugins: [{ use: broken("views") }] } }), 2, "[broken] views failed: out of ideas\n(INVALID_PLUGIN"],
    ["a plugin that throws in setup", () => ({ config: { plugins: [{ use: broken("setup") }] } }), 2, "[broken] setup failed: out of ideas\n(INVALID_PLUGIN"],
  ])("%s", async (_what, given, code, says) => {
    const end = await endOf(() => train(typeof given === "function" ? given() : given));
    expect(end.says).toContain(says);
    expect(end.says).toMatch(/^Error: .*\n\([A-Z_]+, see tssl explain [A-Z_]+\)$/s);
    expect(end.says).not.toMatch(/\n {4}at /);
    expect(end.code).toBe(code);
    expect(existsSync(within("never"))).toBe(false);
  }); // prettier-ignore

  it("a run folder that may not be written", async (test) => {
    if (process.getuid?.() === 0) return test.skip("root may write anywhere");
    mkdirSync(within("locked"));
    chmodSync(within("locked"), 0o500);
    const end = await endOf(() => train({ out: "locked/run" }));
    expect(end.says).toContain("locked/run cannot be written: EACCES");
    expect(end.code).toBe(1);
  });

  it.each([
    ["wrong.yaml", "epochs: [3", " cannot be read as a config: Flow sequence"],
    ["twice.yaml", "epochs: 3\nepochs: 4\n", " cannot be read as a config: epochs is set a second time at line 2, column 1."],
    ["twice.json", '{ "epochs": 3, "epochs": 4 }', " cannot be read as a config: "],
    ["list.yaml", "- epochs: 3\n", ' must contain an object with data, encoder, plugins, …, got [{"epochs":3}].'],
    ["config.txt", "epochs: 3", " cannot be read as a config: the name must end in .yaml, .yml, .json, .ts, .mts, .js or .mjs."],
  ])("a config %s that is none", async (name, content, says) => {
    const end = await endOf(() => readRunConfig(file(name, content)));
    expect(end.says).toContain(`Error: ${within(name)}${says}`);
    expect(end.code).toBe(2);
  }); // prettier-ignore
});

describe("what ends a run", () => {
  it.each(["step", "after", "input"] as const)("a plugin that throws in %s", async (hook) => {
    const { status, reason } = await train({
      config: { plugins: [{ use: broken(hook) }] },
      out: `throws-${hook}`,
    });
    expect([status, reason]).toEqual([
      "failed",
      `[broken] ${hook === "input" ? 'input "dice"' : hook} failed: out of ideas`,
    ]);
  });
});

describe("images", () => {
  /** Copies the images `copies` times into one flat folder: 48 files for each. */
  function flat(name: string, copies: number): string[] {
    mkdirSync(within(name));
    const names: string[] = [];
    for (let copy = 0; copy < copies; copy++) {
      for (const place of readdirSync(images, { recursive: true, encoding: "utf8" }).filter((each) =>
        each.endsWith(".jpg"),
      )) {
        names.push(within(`${name}/${copy}-${place.replace("/", "-")}`));
        copyFileSync(path.join(images, place), names.at(-1)!);
      }
    }
    return names;
  }
  const cut = (image: string) => truncateSync(image, 200);
  const trainOn = (name: string, data: object = {}) =>
    train({ config: { data: { train: `./${name}`, ...data } }, out: `run-${name}` });

  it("that are all corrupt end the run, and the first is named", async () => {
    flat("all-corrupt", 1).forEach(cut);
    const { status, reason, steps } = await trainOn("all-corrupt");
    expect([status, steps]).toEqual(["failed", 0]);
    expect(reason).toMatch(
      /all-corrupt\/\S+\.jpg: corrupt or truncated \(.*; 200 bytes\)\. Remove it or fetch it again\. 1 of 48 files were corrupt before it, such as \S+\.jpg\. maxCorruptShare allows 1 of 48\. To let more pass, raise data\.maxCorruptShare\.$/, // prettier-ignore
    );
  });

  it("of which 1 % are corrupt are left out, counted and listed", async () => {
    const names = flat("few-corrupt", 5); // 240: 1 % are 2
    [names[3]!, names[200]!].forEach(cut);
    const { status, corruptFiles } = await trainOn("few-corrupt");
    expect(status).toBe("finished");
    expect([...corruptFiles!].sort()).toEqual([names[3], names[200]].sort());
    const saved = JSON.parse(readFileSync(within("run-few-corrupt/outcome.json"), "utf8")) as {
      corruptFiles: string[];
    };
    expect(saved.corruptFiles).toEqual(corruptFiles);
  });

  it(
    "of which more are corrupt than data.maxCorruptShare end the run, unless it is raised",
    { tags: "long" },
    async () => {
      const names = flat("many-corrupt", 1);
      [names[1]!, names[40]!].forEach(cut);
      const { status, reason } = await trainOn("many-corrupt", { maxCorruptShare: 0.03 });
      expect(status).toBe("failed");
      expect(reason).toMatch(
        /many-corrupt\/\S+: corrupt .* 1 of 48 files were corrupt before it, such as .*many-corrupt\//,
      );
      const raised = await train({
        config: { data: { train: "./many-corrupt", maxCorruptShare: 0.05 } },
        out: "raised",
      });
      expect([raised.status, raised.corruptFiles?.length]).toEqual(["finished", 2]);
    },
  );

  it("of one pixel and of 8000 × 6000 are images like any others", { tags: "long" }, async () => {
    flat("sizes", 1);
    const solid = (width: number, height: number) =>
      sharp({ create: { width, height, channels: 3, background: "teal" } }).jpeg();
    await solid(1, 1).toFile(within("sizes/a-pixel.jpg"));
    await solid(8000, 6000).toFile(within("sizes/b-large.jpg"));
    const { status, corruptFiles, steps } = await train({
      config: { data: { train: "./sizes" }, batchSize: 50, plugins: [{ use: "simclr", dim: 8 }] },
      out: "run-sizes",
    });
    expect([status, steps, corruptFiles]).toEqual(["finished", 1, undefined]);
  });
});

describe("a checkpoint", () => {
  beforeAll(async () => {
    await train({ config: { checkpoint: { everySteps: 1, keep: 1 } }, out: "checked" });
  });
  const copyOfRun = (name: string) => {
    for (const place of readdirSync(within("checked"), { recursive: true, encoding: "utf8" })) {
      const [from, to] = [within(`checked/${place}`), within(`${name}/${place}`)];
      mkdirSync(path.dirname(to), { recursive: true });
      if (path.extname(place) !== "") copyFileSync(from, to);
    }
    return { out: name, resume: true, config: { checkpoint: { everySteps: 1, keep: 1 } } };
  };
  const factsOf = (name: string) => within(`${name}/checkpoints/step-0000003.json`);

  it("that is cut short ends the run where there is no other, and nothing is begun anew over it", async () => {
    const given = copyOfRun("cut");
    truncateSync(within("cut/checkpoints/step-0000003.safetensors"), 100);
    await expect(train(given)).rejects.toMatchObject({ code: "CHECKPOINT_DAMAGED" });
    expect(statSync(within("cut/checkpoints/step-0000003.safetensors")).size).toBe(100);
  });

  it.each<[string, (name: string, given: Case) => Case, string]>([
    [
      "another config",
      (_name, given) => ({ ...given, config: { ...given.config, seed: 7 } }),
      "  - seed was 0, is 7\n",
    ],
    [
      "another version of a plugin",
      (name, given) => {
        const text = readFileSync(factsOf(name), "utf8");
        writeFileSync(factsOf(name), text.replace(/"moco": \d+/, '"moco": 99'));
        return given;
      },
      "  - versions.plugins.moco was 99, is ",
    ],
  ])("from %s is refused", async (what, change, says) => {
    const name = what.replaceAll(" ", "-");
    const given = change(name, copyOfRun(name));
    const end = await endOf(() => train(given));
    expect(end.says).toContain("belongs to another run: 1 thing has changed since.\n");
    expect(end.says).toContain(says);
    expect(end.says).toContain("(CHECKPOINT, see tssl explain CHECKPOINT)");
    expect(end.code).toBe(1);
  });
});
