import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import { cifar10Subset } from "@tssl/demo-data";
import { describe, expect, it } from "vitest";

import { runCommand } from "./command-in-process.test.data.ts";
import { corruptText } from "./corrupt-text.ts";
import { folderOf } from "./folder-of.test.data.ts";
import { standingText } from "./standing-text.ts";
import { surveyText } from "./survey-text.ts";
import { table } from "./table.ts";

const FAKE = "cat\nError: fake \u001b[31m\u0007\r\u009b2J\u202e";
const SHOWN = String.raw`cat\nError: fake \u001b[31m\u0007\r\u009b2J\u202e`;

/** What a terminal acts on, but for line breaks. */
const ACTS = /[\p{Cc}\u202e]/u;
const actsOn = (text: string): boolean => ACTS.test(text.replaceAll("\n", ""));

describe("names that act on a terminal", () => {
  it("are shown as escapes by a command that lists a folder of images", async () => {
    const folder = folderOf({});
    const { train } = await cifar10Subset();
    for (const [i, name] of [FAKE, `dog${FAKE}`].entries()) {
      const from = path.join(train, readdirSync(train)[i]!);
      mkdirSync(path.join(folder, name));
      for (const file of readdirSync(from).slice(0, 2)) {
        copyFileSync(path.join(from, file), path.join(folder, name, file));
      }
      writeFileSync(path.join(folder, name, `x${FAKE}.jpg`), "no image");
      writeFileSync(path.join(folder, name, `y${FAKE}.bmp`), "left out");
      writeFileSync(path.join(folder, name, `z${FAKE}.jpg`), "");
    }
    const { code, out, err } = await runCommand("data", folder);
    expect(code).toBe(0);
    for (const text of [out, err]) {
      expect(actsOn(text)).toBe(false);
      expect(text).not.toMatch(/^\s*Error/m);
    }
    expect(out).toContain(`  dog${SHOWN}  `);
    expect(out).toContain(`${SHOWN}/x${SHOWN}.jpg`);
    expect(out).toContain(`${SHOWN}/y${SHOWN}.bmp`);
    expect(out).toContain(`(${SHOWN}/z${SHOWN}.jpg`);
    const json = await runCommand("data", folder, "--json");
    expect(actsOn(json.out)).toBe(false);
    const { train: survey } = JSON.parse(json.out) as { train: { classes: { name: string }[] } };
    expect(survey.classes.map(({ name }) => name)).toEqual([FAKE, `dog${FAKE}`]);
  });

  it("are shown as escapes in errors, which stay on their lines", async () => {
    const folder = folderOf({});
    const missing = await runCommand("data", path.join(folder, FAKE));
    expect(missing.code).toBe(1);
    expect(missing.err).toBe(
      `Error: ${path.join(folder, SHOWN)} must be a folder of images, but there is no such folder.\n` +
        "(INVALID_DATA, see tssl explain INVALID_DATA)\n",
    );
    const { code, err } = await runCommand(FAKE);
    expect([code, actsOn(err)]).toEqual([2, false]);
  });

  it("are shown as escapes in lists, tables, and what a run's files say", () => {
    expect(corruptText([FAKE], "left out")).toBe(`1 image could not be decoded; left out: ${SHOWN}.\n`);
    expect(
      table([
        [FAKE, "1"],
        ["dog", "2"],
      ]),
    ).toBe([`${SHOWN}  1`, `${"dog".padEnd(SHOWN.length)}  2`].join("\n"));
    const nothing = { count: 0, examples: [] };
    const survey = surveyText({
      root: `/images/${FAKE}`,
      images: 1,
      classes: [{ name: FAKE, images: 1 }],
      formats: {},
      channels: {},
      bits: {},
      misnamed: { count: 1, examples: [{ name: FAKE, format: "png" }] },
      unreadable: { ...nothing, kinds: {} },
      copies: nothing,
      ledger: { found: 1, images: 1, labels: 0, leftOut: [] },
    });
    expect(survey.split(SHOWN)).toHaveLength(4);
    const standing = standingText(
      {
        title: FAKE,
        status: "failed",
        statusReason: FAKE,
        plugins: [FAKE],
        epochs: { done: 1, planned: 2 },
        health: { step: 1, queues: [{ name: FAKE, filled: 1, oldestSteps: 1 }], findings: [] },
      },
      "run",
    );
    expect(standing.split(SHOWN)).toHaveLength(5);
    expect(standing.split("\n").filter((line) => line.startsWith("Error"))).toEqual([]);
  });
});
