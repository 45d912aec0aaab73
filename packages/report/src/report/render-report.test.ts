import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { PIXEL, learnedRun, unmeasuredRun } from "./learned-run.test.data.ts";
import { digestOf } from "./metrics-digest.ts";
import { planCharts } from "./plan-charts.ts";
import { renderReport } from "./render-report.ts";
import type { FeatureMaps, ReportData } from "./report-data.ts";
import { writeReport } from "./write-report.ts";

const EVIL = `<script>alert("'&")</script>`;

const neighbour = { png: PIXEL, similarity: 0.91, label: "cat" };

/** Every section filled, and every text of it hostile where `name` is. */
const fullRun = (name: string): ReportData => ({
  ...learnedRun,
  title: name,
  startedAt: name,
  plugins: [name],
  device: name,
  notes: [name],
  health: {
    step: 1,
    queues: [{ name, filled: 0.5, oldestSteps: 1 }],
    gradient: { step: 1, shares: { [name]: 1 } },
    cosines: { step: 1, positive: [0, 2], negative: [4, 1] },
    findings: [{ about: "learning", level: "ok", since: 1, sentence: name }],
  },
  metrics: digestOf([{ step: 0, epoch: 0, values: { [name]: 1, loss: 2 } }]),
  references: { loss: { value: 1, label: name } },
  knn: {
    ...learnedRun.knn,
    perClass: [{ label: name, untrained: 0.2, accuracy: 0.3 }],
    confusion: {
      labels: [name, "cat"],
      counts: [
        [5, 1],
        [0, 6],
      ],
    },
  },
  views: {
    roles: [{ name, recipe: name }],
    epochs: [0],
    rows: [
      {
        png: PIXEL,
        label: name,
        samples: { [name]: [{ png: PIXEL, operations: [{ name, parameters: { [name]: name } }] }] },
      },
    ],
  },
  neighbours: [{ png: PIXEL, label: name, untrained: [{ ...neighbour, label: name }], trained: [neighbour] }],
  timeShares: { compile: 5, dataWait: 100, step: 95, evaluation: 50 },
  bottleneck: {
    stages: [{ name: "decode", millisecondsPerImage: 2.5, share: 0.25 }],
    idleShare: 0.5,
    threads: 2,
    advice: name,
  },
  config: name,
  environment: { [name]: name },
  reproduce: name,
  next: [{ command: name, why: name }],
});

const textOfScript = (page: string, id: string): string =>
  new RegExp(`<script type="application/json" id="${id}">(.*?)</script>`, "s").exec(page)![1]!;

test("a hostile name is text everywhere it appears", () => {
  const page = renderReport(fullRun(EVIL));
  expect(page).not.toContain("<script>alert");
  expect(page).toContain("&lt;script&gt;alert(&quot;&#39;&amp;&quot;)&lt;/script&gt;");
  // The data of the charts, and the page's own script.
  expect(page.match(/<script/g)).toHaveLength(2);
  expect(page.match(/<\/script/g)).toHaveLength(2);
});

test("what a file says is markup is text, in every place", () => {
  const read = JSON.parse(`{ "markup": "<img src=q onerror=alert(1)>" }`) as object;
  /** A text of the report, in whose place the file has an object. */
  const places = [
    { title: read },
    { startedAt: read },
    { device: read },
    { plugins: [read] },
    { notes: [read] },
    { reproduce: read },
    { environment: { "device name": read } },
    { environment: { list: [read] } },
    { next: [{ command: read, why: read }] },
    { options: [{ name: "epochs", value: read, source: "config.yaml:3" }], config: "a: 1" },
    { references: { loss: { value: 7, label: read } } },
    { knn: { ...learnedRun.knn, perClass: [{ label: read, accuracy: 0.3 }] } },
    { knn: { ...learnedRun.knn, confusion: { labels: [read], counts: [[1]] } } },
  ];
  for (const place of places) {
    const page = renderReport({ ...learnedRun, ...place } as unknown as ReportData);
    expect(page).not.toContain("<img");
  }
  const environment = { "device name": read } as unknown as Record<string, string>;
  expect(renderReport({ ...learnedRun, environment })).toContain(
    "<dd>{&quot;markup&quot;:&quot;&lt;img src=q onerror=alert(1)&gt;&quot;}</dd>",
  );
});

test("what would act on a browser's text is shown as its escape", () => {
  const page = renderReport(fullRun("cat\u0007\u202Egpj.exe"));
  expect(page).toContain("cat\\u0007\\u202egpj.exe");
  for (const character of ["\u0007", "\u202e"]) expect(page).not.toContain(character);
});

test("loads nothing from anywhere", () => {
  const page = renderReport(fullRun("cat"));
  expect(page).not.toMatch(/\b(?:src|href|srcset|action)\s*=\s*["']?\s*(?:https?:|\/\/)/i);
  expect(page).not.toMatch(/url\(\s*["']?(?!data:)|@import|<link\b|\bfetch\(|XMLHttpRequest/i);
  expect(page).toContain(`content="default-src 'none'; `);
});

test("its policy allows its own script and style sheet, by their hashes, and no others", () => {
  const page = renderReport(fullRun("cat"));
  const only = (pattern: RegExp) => {
    const found = [...page.matchAll(pattern)].map(([, text]) => text!);
    expect(found).toHaveLength(1);
    return `'sha256-${createHash("sha256").update(found[0]!).digest("base64")}'`;
  };
  const policy = /http-equiv="Content-Security-Policy" content="(.*?)"/.exec(page)![1]!;
  expect(policy.split("; ")).toEqual([
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "img-src data:",
    `style-src ${only(/<style>(.*?)<\/style>/gs)}`,
    `script-src ${only(/<script>(.*?)<\/script>/gs)}`,
  ]);
  expect(page).not.toMatch(/<[^>]* (style|on[a-z]+)=/); // the policy forbids them
});

test("uPlot is inside, with its whole notice beside the script and beside the style sheet", () => {
  const page = renderReport(learnedRun);
  const licence = readFileSync(createRequire(import.meta.url).resolve("uplot/package.json").replace("package.json", "LICENSE"), "utf8"); // prettier-ignore
  expect(licence).toContain("Copyright (c) 2022 Leon Sorokin");
  expect(page.split(licence.trim())).toHaveLength(3);
  expect(page).toContain(".u-over");
});

test("the data of charts and maps comes out of the page as it went in, and cannot end its element", () => {
  const hostile = `${EVIL} </script > <!--<script> ]]>`;
  const maps: FeatureMaps = {
    maps: [{ name: hostile, positions: [0, 0] }],
    classes: [hostile],
    labels: [0],
    tile: 1,
    columns: 1,
    of: 1,
    set: "test",
    sprite: PIXEL,
  };
  const run = { ...learnedRun, maps, references: { loss: { value: 7, label: hostile } } };
  const page = renderReport(run);
  expect(JSON.parse(textOfScript(page, "chart-data"))).toEqual(planCharts(run));
  const { of: _of, set: _set, sprite: _sprite, ...data } = maps;
  expect(JSON.parse(textOfScript(page, "map-data"))).toEqual(data);
});

test("the start of a run is a date in words, or what it says where it is none", () => {
  expect(renderReport({ ...learnedRun, startedAt: "2026-11-23T10:04:31Z" })).toContain(
    ">2026-11-23 10:04 UTC</time>",
  );
  expect(renderReport({ ...learnedRun, startedAt: "yesterday" })).toContain(">yesterday</time>");
});

test("NaN and missing values leave gaps", () => {
  const metrics = [
    { step: 0, epoch: 0, values: { loss: 2, lr: 0.1 } },
    { step: 1, epoch: 0.5, values: { loss: NaN } },
    { step: 2, epoch: 1, values: { loss: 1, lr: NaN } },
  ];
  const charts = JSON.parse(
    textOfScript(renderReport({ ...unmeasuredRun, metrics: digestOf(metrics) }), "chart-data"),
  ) as {
    curves: [{ values: unknown[] }];
  }[];
  expect(charts.map(({ curves }) => curves[0].values)).toEqual([
    [2, null, 1],
    [0.1, null],
  ]);
});

test("a run that has nothing yet is still a page", () => {
  const page = renderReport({
    ...unmeasuredRun,
    status: "running",
    data: { images: 12 },
    metrics: digestOf([]),
  });
  expect(page).toContain("The images have no labels");
  expect(page).toContain("reload the page for newer numbers");
  for (const id of ["curves", "neighbours", "classes", "views", "bottleneck", "run"])
    expect(page).not.toContain(`id="${id}"`);
});

test("says stage by stage where the time of training went, and what to do", () => {
  const { bottleneck } = fullRun("cat");
  const page = renderReport({ ...learnedRun, bottleneck: { ...bottleneck!, advice: "Raise it." } });
  expect(page).toContain("<p>Raise it.</p>");
  expect(page).toContain("decode: files to pixels, in the loader&#39;s threads</dt>");
  expect(page).toContain("<dd>25.0 % <small>2.5 ms per image</small></dd>");
  expect(page).toContain("work (2 threads), part of which");
});

test("neighbours without labels have no frames and no scores", () => {
  const unlabelled = { png: PIXEL, similarity: -0.2 };
  const page = renderReport({ ...learnedRun, neighbours: [{ png: PIXEL, trained: [unlabelled] }] });
  expect(page).toContain("Neighbour, similarity −0.20");
  expect(page).not.toMatch(/<li class="(match|miss)"|same class<|1 of 1/);
});

test("neighbours of training images say among how many they were searched", () => {
  const { label: _label, ...unlabelled } = neighbour;
  const neighbours = [{ png: PIXEL, trained: [unlabelled] }];
  const page = renderReport({ ...learnedRun, neighbours, neighboursAmong: 1000 });
  expect(page).toContain("Training images and the closest to them of 1,000 training images");
  expect(page).toContain('alt="Training image: unlabelled"');
});

test("evaluations that were kept are shown with their baseline", () => {
  const kept = {
    kind: "knn",
    name: "kNN, k 20, temperature 0.1",
    images: "40 labelled images, 20 test images",
    testImages: 20,
    step: 99,
    epoch: 10,
    accuracy: 0.361,
    measuredAt: "2026-11-29T02:00:00Z",
  } as const;
  const page = renderReport({ ...learnedRun, evaluations: [{ ...kept, untrained: 0.296 }, kept] });
  const cells = [...page.matchAll(/<td class="number">([^<]*)<\/td>/g)].map(([, text]) => text!.trim());
  expect(cells).toEqual(expect.arrayContaining(["99", "36.1 %", "29.6 %", "+6.5", "2026-11-29", "–"]));
  expect(page).toContain("kNN, k 20, temperature 0.1<br /><small>40 labelled images, 20 test images</small>");
  expect(page).toContain('<a href="#evaluations">Evaluations</a>');
});

test("neighbours with labels say which are of the class, in words too", () => {
  const page = renderReport({
    ...learnedRun,
    neighbours: [
      { png: PIXEL, label: "cat", untrained: [{ ...neighbour, label: "dog" }], trained: [neighbour] },
    ],
  });
  expect(page).toContain(`alt="dog, similarity 0.91, another class"`);
  expect(page).toContain(`alt="cat, similarity 0.91, same class"`);
  expect(page).toContain("0.0 % had the image&#39;s class before training and 100.0 % after.");
});

test("a picture that is no PNG is refused", () => {
  const png = new Uint8Array([0xff, 0xd8, 0xff]);
  expect(() => renderReport({ ...learnedRun, neighbours: [{ png }] })).toThrow("is not a PNG (3 bytes)");
});

test("writes one file, into a folder that it makes", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tssl-report-"));
  const file = join(folder, "runs", "1", "report.html");
  await writeReport(learnedRun, file);
  await writeReport({ ...learnedRun, title: "Second" }, file);
  expect(await readFile(file, "utf8")).toBe(renderReport({ ...learnedRun, title: "Second" }));
  expect(await readdir(join(folder, "runs", "1"))).toEqual(["report.html"]);
  await rm(folder, { recursive: true });
});

test("health says its findings, and draws cosines", () => {
  const page = renderReport({ ...learnedRun, health: fullRun("moco").health! });
  const section = /<section id="health">.*?<\/section>/s.exec(page)![0];
  expect(section).toMatch(/<div class="ok">\s*<dt>ok<\/dt>\s*<dd>moco<\/dd>/);
  expect(section).toContain("50.0 % filled; its oldest embedding is 1 step old.");
  expect(section).toMatch(/in the gradient at step 1:\s*moco 100.0 %/);
  const bars = [...section.matchAll(/<rect\s+x="(\d)"\s+y="([\d.]+)"\s+width="0.9"\s+height="([\d.]+)"/g)];
  expect(bars.map(([, x, y, height]) => [x, y, height].map(Number))).toEqual([
    [0, 40, 0],
    [1, 0, 40],
    [0, 0, 40],
    [1, 30, 10],
  ]);
  expect(renderReport(learnedRun)).not.toContain('id="health"');
});

test("a recipe stands once above the views that it makes, and options below what set them", () => {
  const { views } = fullRun("crop");
  const options = [
    { name: "epochs", value: 5, source: "a/config.yaml:3" },
    { name: "seed", value: 1, source: "--set seed=1" },
    { name: "plugins.moco.dim", value: 16, source: "a/config.yaml:7" },
    { name: "batchSize", value: 8, source: "TSSL_SET batchSize=8" },
  ];
  const roles = ["query", "key", "strong"].map((name) => ({
    name,
    recipe: name === "strong" ? "cut" : "crop",
  }));
  const page = renderReport({ ...learnedRun, views: { ...views!, roles }, config: "epochs: 5", options });
  expect(page).toMatch(/<dt>query, key<\/dt>\s*<dd>crop<\/dd>/);
  expect(page).toMatch(/<dt>strong<\/dt>\s*<dd>cut<\/dd>/);
  const groups = [...page.matchAll(/<h4>(.*?)<\/h4>(.*?)<\/dl>/gs)].map(([, from, list]) => [
    from,
    [...list!.matchAll(/<dt>(.*?)<\/dt>/g)].map(([, name]) => name!.replace(/<wbr \/>/g, "")),
  ]);
  expect(groups).toEqual([
    ["a/config.yaml", ["epochs", "plugins.moco.dim"]],
    ["command line (--set)", ["seed"]],
    ["environment (TSSL_SET)", ["batchSize"]],
  ]);
  expect(page).toContain("line 7");
});
