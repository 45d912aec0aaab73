import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { cifar10Subset } from "@tssl/demo-data";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { type Ended, MAIN, warmTsslIn } from "./built-program.test.data.ts";
import { copyImages } from "./few-images.test.data.ts";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "tssl-report-"));
  const images = await cifar10Subset();
  copyImages(images.train, path.join(folder, "train"), 8);
  copyImages(images.test, path.join(folder, "test"), 4);
  writeFileSync(
    path.join(folder, "config.yaml"),
    `
data: { train: ./train, test: ./test }
imageSize: 32
epochs: 4
batchSize: 8
encoder: { use: resnet20, widths: [4, 4, 8] }
plugins: [{ use: moco, queueSize: 16, dim: 8 }]
optimizer: { use: sgd, lr: 0.06 }
evaluation: { k: 5, everyEpochs: 2 }
engine: { mode: eager } # nothing to compile in these few steps
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder });
  const told = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => (told.out += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (told.err += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, ...told })));
  return { child, told, ended };
}
const run = (...args: readonly string[]) => warmTsslIn(folder, args);

interface Chart {
  readonly title: string;
  readonly curves: readonly { readonly run?: string; readonly steps: number[]; readonly values: number[] }[];
}
const chartsIn = (page: string) =>
  JSON.parse(/id="chart-data">(.*?)<\/script>/s.exec(page)![1]!) as readonly Chart[];

const logged = (name: string, metric: string) =>
  readFileSync(path.join(folder, name, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { values: Record<string, number> }).values[metric])
    .filter((value) => value !== undefined);

describe("watch and report", { timeout: 180_000 }, () => {
  it("follows a run from its first steps to its end, and ends on Ctrl-C", async () => {
    const training = start("train", "config.yaml", "--out", "a");
    await vi.waitFor(() => expect(existsSync(path.join(folder, "a/run.json"))).toBe(true), 120_000);
    const watching = start("watch", "a", "--port", "0");
    await vi.waitFor(() => expect(watching.told.out).toMatch(/^a is live at http:\S+ /), 60_000);
    const url = /http:\S+/.exec(watching.told.out)![0];

    const statuses = new Set<string>();
    let charts: readonly Chart[] = [];
    const events = await fetch(`${url}events`);
    let text = "";
    for await (const chunk of events.body as unknown as AsyncIterable<Uint8Array>) {
      text += Buffer.from(chunk).toString();
      const whole = text.split("\n\n");
      text = whole.pop()!;
      for (const event of whole) {
        const update = JSON.parse(event.slice(6)) as { status: string; charts: readonly Chart[] };
        statuses.add(update.status);
        charts = update.charts;
      }
      if (statuses.has("finished")) break;
    }
    expect((await training.ended).code).toBe(0);
    expect([...statuses]).toEqual(["running", "finished"]);
    const curve = charts.find(({ title }) => title === "Total loss")!.curves[0]!;
    expect(curve.steps).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    curve.values.forEach((value, i) => expect(value).toBeCloseTo(logged("a", "loss")[i]!, 4));

    watching.child.kill("SIGINT");
    expect(await watching.ended).toMatchObject({ code: 0, err: "" });
  });

  it("writes a run's page anew as training wrote it", () => {
    const page = path.join(folder, "a/report.html");
    const written = readFileSync(page, "utf8");
    rmSync(page);
    expect(run("report", "a")).toMatchObject({ code: 0, out: "Report: a/report.html\n", err: "" });
    expect(readFileSync(page, "utf8")).toBe(written);
    expect(written).toContain('<section id="neighbours">');
  });

  it("shows several runs over each other, with their results and what differs", { tags: "long" }, () => {
    const second = run("train", "config.yaml", "--set", "optimizer.lr=0.01", "--out", "b");
    expect(second.code).toBe(0);
    expect(run("report", "a", "b", "--out", "both.html")).toMatchObject({ code: 0, err: "" });
    const page = readFileSync(path.join(folder, "both.html"), "utf8");
    const loss = chartsIn(page).find(({ title }) => title === "Total loss")!;
    expect(loss.curves.map(({ run: name }) => name)).toEqual(["a", "b"]);
    loss.curves.forEach(({ run: name, values }) =>
      values.forEach((value, i) => expect(value).toBeCloseTo(logged(name!, "loss")[i]!, 4)),
    );
    expect(chartsIn(page)[0]!.curves.map(({ values }) => values.at(-1)! / 100)).toEqual(
      ["a", "b"].map((name) => expect.closeTo(logged(name, "knn").at(-1)!, 4) as number),
    );
    expect(page).toContain('<a href="b/report.html">b</a>');
    expect(page.replaceAll(/\s+/g, " ")).toContain(
      '<th scope="row">optimizer.lr</th> <td class="number">0.06</td><td class="number">0.01</td>',
    );
  });

  it("an option that came after a run, and that is at its default, is no difference between runs", () => {
    cpSync(path.join(folder, "a"), path.join(folder, "earlier"), { recursive: true });
    const file = path.join(folder, "earlier/config.yaml");
    const written = readFileSync(file, "utf8");
    const earlier = written.replaceAll(/^ +(freezeEpochs|finalLr|inBatchNegatives): .*\n/gm, "");
    expect(written.split("\n").length - earlier.split("\n").length).toBe(3);
    writeFileSync(file, earlier);
    expect(run("report", "a", "earlier", "--out", "same.html")).toMatchObject({ code: 0, err: "" });
    expect(readFileSync(path.join(folder, "same.html"), "utf8")).toContain(
      "Nothing: the configs are the same.",
    );
  });

  it("leaves pictures out where the images are gone", () => {
    renameSync(path.join(folder, "train"), path.join(folder, "moved"));
    const { code, err } = run("report", "a");
    renameSync(path.join(folder, "moved"), path.join(folder, "train"));
    expect(code).toBe(0);
    expect(err).toMatch(/^The page has no pictures: .*train/);
    const page = readFileSync(path.join(folder, "a/report.html"), "utf8");
    expect(page).not.toContain('<section id="views">');
    expect(page).toContain('<section id="classes">');
  });

  it("refuses what is no run, and ports that are none", () => {
    const missing = run("watch", "none");
    expect(missing).toMatchObject({
      code: 1,
      err:
        "Error: none does not exist. Name the folder of a run, such as runs/demo.\n(RUN_FOLDER, see " +
        "tssl explain RUN_FOLDER)\n",
    });
    expect(run("report", "a", "train").err).toMatch(/^Error: train has no run\.json/);
    expect(run("report", "a", "./a").code).toBe(2);
    expect(run("watch", "a", "--port", "70000").code).toBe(2);
  });
});
