import {
  findImages,
  joinedNote,
  onOneLine,
  splitsNotice,
  surveyImages,
  whyNoClasses,
} from "@tssl/core/internal";
import type { ImageSet } from "@tssl/core/run";
import type { Command } from "commander";

import { everyFewSeconds } from "../every-few-seconds.ts";
import { finish } from "../exit-code.ts";
import { lookedAt } from "../messages/images.ts";
import { overlapText, surveyText } from "../survey-text.ts";
import { printResult, tell } from "../terminal.ts";
import { addDataStats } from "./data-stats.ts";

interface DataFlags {
  readonly json: boolean;
}

export function addData(program: Command): void {
  const data = program
    .command("data")
    .description("show what images there are, without training: classes, sizes, copies, what is left out")
    .argument("<source>", "a folder of images, a .txt list or tar shards, as data.train takes them")
    .argument("[test]", "test images, to count those that are training images too")
    .option("--json", "one line of JSON", false)
    .addHelpText(
      "after",
      `
It reads the header of every image, and two whole files where size and beginning agree. Ctrl-C ends it.

Examples:
  tssl data ./images
  tssl data ./images/train ./images/test`,
    )
    .action(async (source: string, test: string | undefined, flags: DataFlags) =>
      finish(await dataCommand(source, test, flags)),
    );
  addDataStats(data);
}

/** `tssl data <source> [test]` */
async function dataCommand(
  source: string,
  testSource: string | undefined,
  { json }: DataFlags,
): Promise<number> {
  const train = await findImages(source, tell);
  const test = testSource === undefined ? undefined : await findImages(testSource, tell);
  const survey = await surveyImages(train, test, {
    onProgress: everyFewSeconds((done, all) => tell(lookedAt(done, all))),
  });
  if (json) {
    printResult(`${JSON.stringify(survey)}\n`);
    return 0;
  }
  printResult(surveyText(survey.train));
  if (test !== undefined) printResult(`\n${surveyText(survey.test!)}`);
  const notes = [
    ...(test === undefined ? [splitsNotice(train)] : []),
    ...[train, test].flatMap((set) => (set === undefined ? [] : [joinedNote(set), noClassesNote(set)])),
  ];
  const overlap = survey.overlap === undefined ? "" : overlapText(survey.overlap, survey.test!.images);
  const last = [
    ...notes.flatMap((note) => (note === undefined ? [] : [`${onOneLine(note)}\n`])),
    overlap,
  ].join("");
  printResult(last === "" ? "" : `\n${last}`);
  return 0;
}

const noClassesNote = (set: ImageSet): string | undefined =>
  set.labels === undefined ? whyNoClasses(set) : undefined;
