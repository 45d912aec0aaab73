import type { RunSettings } from "../config/run-settings.ts";
import { type EpochOrder, inBatches } from "../data/epoch-order.ts";
import type { ImageSet } from "../data/image-set.ts";
import { writeFailedStep } from "../run/failed-step.ts";
import { notFinite, type NotFiniteStep, type NotFiniteTensor } from "../run/not-finite.ts";
import type { RunFolder } from "../run/run-folder.ts";
import type { CompiledRun } from "./compile-run.ts";
import type { PreparedRun } from "./prepare-run.ts";

/** The run that a failed step belongs to. */
export interface FailingRun {
  readonly run: PreparedRun;
  readonly settings: RunSettings;
  readonly images: ImageSet;
  readonly folder: Pick<RunFolder, "path">;
  readonly order: EpochOrder;
  readonly compiled: Pick<CompiledRun, "description">;
  /** The name of the newest checkpoint. */
  readonly checkpoint: () => string | undefined;
}

/**
 * Ends a run whose step gave numbers that are not finite: writes down what the step depended on, for
 * `tssl replay`.
 *
 * @param step the number of the step, from 1.
 * @param scalars the metrics of the step.
 * @param tensors values of the state after it that are not finite.
 * @throws {TsslError} NOT_FINITE, always.
 */
export async function endNotFinite(
  { run, settings, images, folder, order, compiled, checkpoint }: FailingRun,
  step: number,
  scalars: Readonly<Record<string, number>>,
  tensors: readonly NotFiniteTensor[],
): Promise<never> {
  const { stepsPerEpoch, batchSize } = run.facts;
  const lastGood = checkpoint();
  const failed: NotFiniteStep = {
    step,
    scalars,
    terms: compiled.description?.terms ?? new Set(),
    tensors,
    folder: folder.path,
    ...(lastGood === undefined ? {} : { checkpoint: lastGood }),
  };
  const epoch = Math.floor((step - 1) / stepsPerEpoch);
  const indices = inBatches(order(epoch), batchSize)[(step - 1) % stepsPerEpoch]!;
  const batch = { seed: settings.seed, epoch, indices, files: images.files, learningRate: scalars["lr"]! };
  await writeFailedStep(failed, batch).catch(() => undefined); // a full disk must not hide what happened
  throw notFinite(failed);
}
