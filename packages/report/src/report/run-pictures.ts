import path from "node:path";

import { decodeImage, type DecodeOptions } from "@tssl/augment-zoo";
import { fileDamaged, imageOutsideSet, type NeighbourRow, spread } from "@tssl/core/internal";
import { decodingOf, type RunConfig, type RunData, type RunHistory, viewsOf } from "@tssl/core/run";

import { featureMaps } from "./feature-maps.ts";
import { encodePng } from "./encode-png.ts";
import { sampleNeighbours } from "./sample-neighbours.ts";
import type { NeighbourCase, ReportData } from "./report-data.ts";
import { viewGrid } from "./view-grid.ts";

/** How many images the page shows with their views, and how many views of each kind beside them. */
const VIEW_ROWS = 6;
const VIEWS_PER_ROLE = 3;

/**
 * The parts of a run's page that are made from its images: views, the map of its features, and neighbours.
 *
 * @param config without plugins where their code may not be run: views, which they choose, are left out then.
 */
export async function runPictures(
  runFolder: string,
  { settings, plugins }: Pick<RunConfig, "settings"> & Partial<Pick<RunConfig, "plugins">>,
  data: RunData,
  history: RunHistory,
): Promise<Pick<ReportData, "views" | "neighbours" | "neighboursAmong" | "maps">> {
  const { train } = data;
  const { seed } = settings;
  const decoding = decodingOf(settings.data);
  const maps = await featureMaps(runFolder, data, { seed, decoding });
  const views =
    plugins === undefined
      ? undefined
      : await viewGrid(train, viewsOf({ settings, plugins }, train.files.length), {
          seed,
          decoding,
          images: spread(train.files.length, VIEW_ROWS),
          epochs: Array.from({ length: VIEWS_PER_ROLE }, (_, epoch) => epoch),
        });
  return {
    ...(views === undefined ? {} : { views }),
    ...(maps === undefined ? {} : { maps }),
    ...(await neighboursOf(runFolder, data, history, decoding)),
  };
}

async function neighboursOf(
  runFolder: string,
  { train, knnData }: RunData,
  history: RunHistory,
  decoding: Pick<DecodeOptions, "range">,
) {
  if (knnData === undefined) return sampleNeighbours(runFolder, train, decoding);
  if (history.latest === undefined) return {};
  for (const each of [history.latest, history.untrained ?? history.latest]) {
    requireInSets(runFolder, each.neighbours, knnData);
  }
  return { neighbours: await neighbourCases(knnData, history, decoding) };
}

/** @throws {TsslError} FILE_DAMAGED if run.json names an image that the sets do not have. */
function requireInSets(
  runFolder: string,
  rows: readonly NeighbourRow[],
  { train, test }: NonNullable<RunData["knnData"]>,
): void {
  const stray = (places: readonly number[], { files }: RunData["train"]) => {
    const place = places.find((each) => each >= files.length);
    if (place !== undefined) {
      throw fileDamaged(path.join(runFolder, "run.json"), imageOutsideSet(place, files.length));
    }
  };
  stray(rows.map(({ image }) => image), test); // prettier-ignore
  stray(rows.flatMap(({ nearest }) => nearest.map(({ index }) => index)), train); // prettier-ignore
}

async function neighbourCases(
  { train, test }: NonNullable<RunData["knnData"]>,
  { latest, untrained }: Pick<RunHistory, "latest" | "untrained">,
  decoding: Pick<DecodeOptions, "range">,
): Promise<readonly NeighbourCase[]> {
  const show = ({ nearest }: NeighbourRow) =>
    Promise.all(
      nearest.map(async ({ index, similarity }) => ({
        png: await encodePng(await decodeImage(train.files[index]!, decoding)),
        similarity,
        label: train.classes[train.labels![index]!]!,
      })),
    );
  return Promise.all(
    latest!.neighbours.map(async (row, i) => {
      const before = untrained?.neighbours[i];
      return {
        png: await encodePng(await decodeImage(test.files[row.image]!, decoding)),
        label: test.classes[test.labels![row.image]!]!,
        ...(before === undefined ? {} : { untrained: await show(before) }),
        trained: await show(row),
      };
    }),
  );
}
