import type { Depth } from "@tssl/augment-zoo";
import { channelStatistics, counted, findImages, type MeasuredChannels } from "@tssl/core/internal";
import { countKinds, kindsOf } from "@tssl/core/run";
import type { Command } from "commander";

import { corruptText } from "../corrupt-text.ts";
import { countTo, depth, levelRange } from "../option-values.ts";
import { everyFewSeconds } from "../every-few-seconds.ts";
import { finish } from "../exit-code.ts";
import { lookedAt, nothingToMeasure } from "../messages/images.ts";
import { printNotice, printResult, tell } from "../terminal.ts";

interface DataStatsFlags {
  readonly channels?: number;
  readonly depth?: Depth;
  readonly range?: readonly [number, number];
  readonly json: boolean;
}

export function addDataStats(data: Command): void {
  data
    .command("stats")
    .description("measure data.mean and data.deviation: mean and standard deviation of each channel")
    .argument("<source>", "a folder of images, a .txt list or tar shards, as data.train takes them")
    .option("--channels <count>", "data.channels of the config: 1 for grey, up to 16 bands", countTo(16))
    .option("--depth <bits>", "data.depth of the config: 8 or 32", depth)
    .option("--range <low,high>", "data.range of the config: the levels that count as 0 and 1", levelRange)
    .option("--json", "one line of JSON, with all digits", false)
    .addHelpText(
      "after",
      `
It decodes every image at its full size. Each pixel counts alike, whatever the size of its image. Lines of
YAML to paste into a config come out.

Examples:
  tssl data stats ./images/train
  tssl data stats ./images/train --channels 13 --range 0,10000`,
    )
    .action(async (source: string, flags: DataStatsFlags) => finish(await dataStatsCommand(source, flags)));
}

/** `tssl data stats <source>` */
async function dataStatsCommand(source: string, { json, ...decoding }: DataStatsFlags): Promise<number> {
  const { files } = await findImages(source, tell);
  const told = everyFewSeconds((done, all) => tell(lookedAt(done, all)));
  const onProgress = (done: number) => told(done, files.length);
  const statistics = await channelStatistics(files, { ...decoding, onProgress });
  const { corrupt, images } = statistics;
  if (images === 0) throw nothingToMeasure(files.length, corrupt[0]!);
  const kinds = kindsOf(corrupt);
  printNotice(corruptText(Object.keys(kinds), "left out", countKinds(kinds)));
  printResult(json ? `${JSON.stringify(statistics)}\n` : statisticsText(statistics));
  return 0;
}

/** Digits that a mean or deviation is printed with. */
const DIGITS = 4;

const statisticsText = ({ mean, deviation, images, pixels }: MeasuredChannels): string =>
  [
    `# of ${counted(images, "image")}, ${counted(pixels, "pixel")}, each counted alike`,
    "data:",
    `  mean: [${mean.map((value) => value.toFixed(DIGITS)).join(", ")}]`,
    `  deviation: [${deviation.map((value) => value.toFixed(DIGITS)).join(", ")}]`,
    "",
  ].join("\n");
