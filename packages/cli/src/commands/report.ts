import { existsSync, statSync } from "node:fs";
import path from "node:path";

import { inShell, parseSettings, withNewDefaults, writeOutput } from "@tssl/core/internal";
import { configFileOf, openData, readRunContent, TsslError, type TsslErrorCode } from "@tssl/core/run";
import {
  readRecordedRun,
  recordedRunData,
  renderOverlay,
  renderReport,
  type ReportData,
  runPictures,
} from "@tssl/report";
import type { Command } from "commander";

import { imagesOf } from "../config-section.ts";
import { finish } from "../exit-code.ts";
import { noPictures, noViews } from "../messages/report-page.ts";
import { sameRunTwice } from "../messages/usage.ts";
import { requireOutputFile } from "../output-places.ts";
import { readConfigOfRun } from "../read-run-config.ts";
import { printNotice, printResult, tell } from "../terminal.ts";
import { builtIn } from "../registry.ts";
import { requireKnownServers, type TrustFlag, trustOption } from "../trust.ts";

interface ReportFlags extends TrustFlag {
  readonly out?: string;
}

export function addReport(program: Command): void {
  program
    .command("report")
    .description(
      "write the page of a run again, at any time; for several runs, one page with all their curves",
    )
    .argument("<runs...>", "run folders")
    .option(
      "--out <file>",
      "file for the page (default: report.html in the run's folder; overlay.html for several runs)",
    )
    .addOption(trustOption())
    .addHelpText(
      "after",
      "\nExamples:\n  tssl report runs/demo\n  tssl report runs/a runs/b --out overlay.html",
    )
    .action(async (runs: string[], flags: ReportFlags) => finish(await reportCommand(runs, flags)));
}

/** `tssl report <runs…>`: the page of one run, or one page with the curves of several runs. */
async function reportCommand(runs: readonly string[], { out, trust }: ReportFlags): Promise<number> {
  if (new Set(runs.map((run) => path.resolve(run))).size < runs.length) {
    throw sameRunTwice();
  }
  const file = out ?? (runs.length === 1 ? path.join(runs[0]!, "report.html") : "overlay.html");
  if (out !== undefined || runs.length > 1) requireOutputFile("--out", file);
  else if (statSync(runs[0]!, { throwIfNoEntry: false })?.isDirectory()) requireOutputFile("The page", file);
  await writeOutput(file, runs.length === 1 ? await ownPage(runs[0]!, { trust }) : await overlay(runs, file));
  printResult(`Report: ${file}\n`);
  return 0;
}

/**
 * Errors of what pictures are made from: images that are gone or that a server has which may not be asked,
 * and features of the run that are damaged.
 */
const LEAVES_PICTURES_OUT: readonly string[] = ["INVALID_DATA", "FILE_DAMAGED", "CHECKPOINT", "UNTRUSTED"];

async function ownPage(run: string, flags: TrustFlag): Promise<string> {
  const recorded = await readRecordedRun(run);
  const data = recordedRunData(recorded);
  try {
    const config = await configForPictures(run, flags);
    const images = await openData(config.settings);
    return renderReport({ ...data, ...(await runPictures(run, config, images, recorded.record.history)) });
  } catch (error) {
    if (!(error instanceof TsslError && LEAVES_PICTURES_OUT.includes(error.code))) throw error;
    tell(noPictures(error.message));
    return renderReport(data);
  }
}

/** The config of a run, without its plugins where their code may not be run. */
async function configForPictures(run: string, flags: TrustFlag) {
  try {
    return await readConfigOfRun(run, flags);
  } catch (error) {
    if (!isCode(error, "UNTRUSTED")) throw error;
    const content = await readRunContent(run);
    await requireKnownServers(imagesOf(content), { config: "run", given: flags.trust }); // or the images are not opened at all
    printNotice(`${noViews(error.message)}\n`);
    return { settings: parseSettings(content, configFileOf(run)) };
  }
}

const isCode = (error: unknown, code: TsslErrorCode): error is TsslError =>
  error instanceof TsslError && error.code === code;

async function overlay(runs: readonly string[], file: string): Promise<string> {
  const names = runs.map((run) => path.basename(path.resolve(run)));
  const overlaid = runs.map(async (run, i) => ({
    // Runs with the same folder name are told apart by their paths.
    name: names.indexOf(names[i]!) === names.lastIndexOf(names[i]!) ? names[i]! : run,
    data: recordedRunData(await readRecordedRun(run)) satisfies ReportData,
    config: withNewDefaults(await readRunContent(run), builtIn),
    ...linkTo(path.join(run, "report.html"), file),
  }));
  return renderOverlay(
    await Promise.all(overlaid),
    ["tssl report", ...runs.map(inShell), `--out ${inShell(file)}`].join(" "),
  );
}

const linkTo = (report: string, from: string) =>
  existsSync(report) ? { report: path.relative(path.dirname(from), report) } : {};
