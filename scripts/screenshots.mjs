// `npm run screenshots`: trains the demo and takes the pictures under docs/ of its live view, its report and
// the page of its encoder, in the system's Chromium.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";

import { chromium } from "playwright-core";
import sharp from "sharp";

import { cifar10Subset } from "@tssl/demo-data";

import { serveRun } from "../packages/report/dist/index.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const docs = path.join(root, "docs");
const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** Of six: late enough for curves to show something. */
const LIVE_FROM_EPOCH = 4;

if (!existsSync(executablePath)) {
  console.error(`Error: there is no ${executablePath}. Install Chromium, or name one with CHROMIUM=<path>.`);
  process.exit(1);
}
mkdirSync(docs, { recursive: true });
const folder = mkdtempSync(path.join(tmpdir(), "tssl-screenshots-"));
const run = path.join(folder, "demo");
const browser = await chromium.launch({ executablePath, args: ["--disable-gpu"] });

/** Saves a picture in few colours: pages have few, and git keeps every version. */
async function picture(page, name, clip) {
  const png = await page.screenshot(clip === undefined ? {} : { clip, fullPage: true });
  const file = path.join(docs, name);
  await sharp(png).png({ palette: true, colours: 128, effort: 10 }).toFile(file);
  console.log(path.relative(root, file));
}

const open = async (url, options) => {
  const page = await (await browser.newContext(options)).newPage();
  await page.goto(url);
  return page;
};

const main = path.join(root, "packages/cli/bin/tssl.cjs");
let demo;
try {
  demo = spawn(process.execPath, [main, "demo", "--out", run, "--set", "name=moco-clsa-demo"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  const ended = new Promise((resolve) => demo.on("exit", resolve));
  let epoch = 0;
  while (epoch < LIVE_FROM_EPOCH && demo.exitCode === null) {
    await setTimeout(1000);
    const server = existsSync(path.join(run, "run.json")) ? await serveRun(run, { port: 0 }) : undefined;
    if (server === undefined) continue;
    const page = await open(server.url, { viewport: { width: 1280, height: 1250 } });
    await page.getByText("live, as of").waitFor();
    epoch = Number(/([\d.]+) of 6 epochs/.exec(await page.locator("#live-summary").innerText())?.[1] ?? 0);
    if (epoch >= LIVE_FROM_EPOCH) await picture(page, "live.png");
    await page.context().close();
    await server.close();
  }
  if ((await ended) !== 0) throw new Error("the demo failed");

  const report = pathToFileURL(path.join(run, "report.html")).href;
  const desktop = await open(report, { viewport: { width: 1280, height: 900 } });
  await picture(desktop, "report.png", { x: 0, y: 0, width: 1280, height: 1150 });
  const map = desktop.locator("#map");
  const dots = map.locator("canvas").first();
  await dots.scrollIntoViewIfNeeded();
  const box = await dots.boundingBox();
  // The first dot that the pointer meets on its way.
  for (let x = 0.3; x < 0.7 && !(await map.locator(".thumbnail").first().isVisible()); x += 0.02) {
    await desktop.mouse.move(box.x + x * box.width, box.y + 0.5 * box.height);
  }
  const png = await map.screenshot();
  await sharp(png).png({ palette: true, colours: 128, effort: 10 }).toFile(path.join(docs, "report-map.png"));
  const phone = await open(report, {
    viewport: { width: 390, height: 844 },
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    colorScheme: "dark",
  });
  await picture(phone, "report-phone.png");
  await encoderPage();
} finally {
  demo?.kill();
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

/** The page of the run's encoder, with two test images that were dropped on it. */
async function encoderPage() {
  const encoder = path.join(folder, "encoder");
  const { status, stderr } = spawnSync(
    process.execPath,
    [main, "export", run, "--to", "page", "--out", encoder],
    { encoding: "utf8" },
  );
  if (status !== 0) throw new Error(stderr);
  const { test } = await cifar10Subset();
  const images = ["horse", "ship"].map((name) => {
    const [first] = readdirSync(path.join(test, name)).sort();
    return path.join(test, name, first);
  });
  const page = await open(pathToFileURL(path.join(encoder, "encoder.html")).href, {
    viewport: { width: 1280, height: 900 },
  });
  await page.getByText("Ready.").waitFor();
  await page.setInputFiles("#drop input", images);
  await page
    .locator("#compared .case")
    .nth(images.length - 1)
    .waitFor();
  await picture(page, "encoder-page.png", { x: 0, y: 0, width: 1280, height: 800 });
}
