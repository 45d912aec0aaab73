import { contentIn, meanOf, readKeptImages } from "@tssl/core/internal";
import { configFileOf, type RunRecord } from "@tssl/core/run";

import { expectedLater, expectedPlace, otherImagesThanExpected } from "../messages/expected.ts";
import { decideTheSame, decidingValues } from "../receipts/deciding-values.ts";
import { type Band, type ExpectedCurve, expectedCurve } from "../receipts/expected-curve.ts";
import type { CurveReceipt } from "../receipts/receipt.ts";
import { readTable } from "../receipts/table.ts";
import type { MetricsDigest } from "./metrics-digest.ts";

/** How a run stands beside the measured runs of its preset. */
export interface ExpectedStanding {
  readonly preset: string;
  /** The outcome in one sentence. */
  readonly sentence: string;
  /** Absent where the run's images are others or not known yet, or nothing has been measured yet. */
  readonly place?: "within" | "above" | "below";
  /** The bands, each with the run's own value where there is one; none where the images are others. */
  readonly points: readonly ExpectedPoint[];
}

export interface ExpectedPoint extends Band {
  readonly quantity: "knn" | "loss";
  readonly got?: number;
}

/** The curve that a run is held to. */
export interface RunExpectation {
  readonly curve: ExpectedCurve;
  /** Whether the run has the images that the curve was measured on; undefined where its are not known yet. */
  readonly sameImages: boolean | undefined;
}

/** Receipts ship with this package and do not change while it runs. */
let shipped: Promise<readonly CurveReceipt[]> | undefined;

const shippedCurves = (): Promise<readonly CurveReceipt[]> =>
  (shipped ??= readTable().then((rows) => rows.flatMap(({ receipts: { curve } }) => curve ?? [])));

/**
 * Finds the expected curve of a run: that of a receipt whose values decide the same numbers.
 *
 * @param config the text of its config.yaml.
 * @param receipts Default: those that this package ships.
 * @throws {TsslError} FILE_DAMAGED if config.yaml or images.json is not what a run writes.
 */
export async function findExpectation(
  folder: string,
  config: string,
  { options = [] }: Pick<RunRecord, "options">,
  receipts?: readonly CurveReceipt[],
): Promise<RunExpectation | undefined> {
  const values = decidingValues(contentIn(config, configFileOf(folder)));
  const unset = new Set(options.flatMap(({ name, source }) => (source === "default" ? [name] : [])));
  const receipt = (receipts ?? (await shippedCurves())).find(({ config: measured }) =>
    decideTheSame(values, measured, (path) => unset.has(path)),
  );
  const curve = receipt && expectedCurve(receipt);
  if (curve === undefined) return undefined;
  const images = (await readKeptImages(folder))?.digests;
  return { curve, sameImages: images && haveSameImages(receipt!, images) };
}

const haveSameImages = (
  { images: measured }: CurveReceipt,
  images: Readonly<Record<string, string>>,
): boolean => Object.keys({ ...measured, ...images }).every((folder) => measured[folder] === images[folder]);

/** Holds what a run has logged to its expected curve. */
export function expectedStanding(
  { curve, sameImages }: RunExpectation,
  metrics: MetricsDigest,
): ExpectedStanding {
  const { preset, seeds } = curve;
  if (sameImages === false) return { preset, sentence: otherImagesThanExpected(preset), points: [] };
  const points: readonly ExpectedPoint[] = [
    ...curve.knn.map((band) => ({ quantity: "knn" as const, ...band, ...accuracyAt(band.epoch, metrics) })),
    ...curve.loss.map((band) => ({ quantity: "loss" as const, ...band, ...lossOf(band.epoch, metrics) })),
  ];
  const latest = latestOf(points);
  if (sameImages === undefined || latest === undefined) {
    return { preset, sentence: expectedLater(preset, firstOf(points)), points };
  }
  const { got, low, high } = latest;
  const place = got < low ? "below" : got > high ? "above" : "within";
  return { preset, place, sentence: expectedPlace(preset, seeds, place, latest), points };
}

type MeasuredPoint = ExpectedPoint & { readonly got: number };

/** The run's last kNN accuracy after training began; before there is one, its last epoch's loss. */
function latestOf(points: readonly ExpectedPoint[]): MeasuredPoint | undefined {
  const measured = points.filter(
    (point): point is MeasuredPoint => point.got !== undefined && point.epoch > 0,
  );
  return measured.findLast(({ quantity }) => quantity === "knn") ?? measured.at(-1);
}

const firstOf = (points: readonly ExpectedPoint[]): ExpectedPoint =>
  points.find(({ quantity, epoch }) => quantity === "loss" && epoch > 0)!;

function accuracyAt(epoch: number, { knn }: MetricsDigest): { readonly got?: number } {
  const point = knn.find((each) => Math.abs(each.epoch - epoch) < HAIR);
  return point === undefined ? {} : { got: point.accuracy };
}

/** The mean loss of an epoch that is whole. A point of a long curve is a mean of some steps. */
function lossOf(epoch: number, { curves }: MetricsDigest): { readonly got?: number } {
  const loss = curves.find(({ name }) => name === "loss");
  if (loss === undefined || !(loss.epochs.at(-1)! > epoch - HAIR)) return {};
  const own = loss.values.filter(
    (_, i) => loss.epochs[i]! > epoch - 1 + HAIR && loss.epochs[i]! < epoch + HAIR,
  );
  return own.length === 0 ? {} : { got: meanOf(own) };
}

/** Rounding of an epoch's number, which is steps by steps per epoch. */
const HAIR = 1e-9;
