import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";

import { type FileLock, takeFileLock } from "@tssl/engine";

import { TsslError } from "../errors.ts";
import type { FineTuneResult } from "../evaluation/fine-tune-result.ts";
import { readJsonFile } from "../files/json-file.ts";
import { namesIn } from "../files/names-in.ts";
import {
  exactly,
  listOf,
  nullable,
  number,
  numberOrNaN,
  object,
  type Shape,
  share,
  text,
  whole,
} from "../files/shapes.ts";
import { writeWhole } from "../files/write-whole.ts";
import { FINE_TUNING_OF_OTHERS } from "../messages/notices.ts";
import { fineTuningInUse } from "../messages/run-folder.ts";
import { environmentShape, type RunEnvironment } from "./checkpoint.ts";
import { readValues, type ValuesMark, writeValues } from "./hashed-values.ts";
import { evaluationsOf } from "./kept-evaluations.ts";
import type { Snapshot } from "./snapshot.ts";

/** Raised when the files change so that earlier ones cannot be read. */
const FORMAT = 1;

/** Where a fine-tuning stands between two steps. */
export interface FineTunePoint {
  /** Whole epochs. */
  readonly epoch: number;
  /** Batches of the epoch that is not whole. */
  readonly batch: number;
  /** Cross-entropy of that epoch's images so far, summed, in nats. */
  readonly sum: number;
  /** The mean of the last whole epoch; NaN before there is one. */
  readonly mean: number;
}

/** A fine-tuning between two steps: all that its next step depends on, beside its options. */
export interface FineTuneState {
  readonly point: FineTunePoint;
  readonly snapshot: Snapshot;
}

/** One fine-tuning, kept in a run folder while it is unfinished. No other process has it meanwhile. */
export interface KeptFineTuning {
  /** The last state, or the result; absent where this one begins anew. */
  readonly found?: FoundFineTuning;
  /** Why it does so although something was kept: a sentence. */
  readonly unusable?: string;
  /** Keeps a state in place of the one before it. */
  save(state: FineTuneState): Promise<void>;
  /** Keeps the result in place of the states. */
  end(result: FineTuneResult): Promise<void>;
  /** Deletes all that is kept. */
  remove(): Promise<void>;
  /** Gives it back. */
  close(): void;
}

/** What an earlier call has kept. */
export interface FoundFineTuning {
  readonly environment: RunEnvironment;
  /** Where it was stopped; absent where it came to its end. */
  readonly state?: FineTuneState;
  readonly result?: FineTuneResult;
}

export interface KeptFineTuningOptions {
  /** What is asked for: the network, the share of the labels, the settings. */
  readonly asked: unknown;
  /**
   * What else the numbers depend on: the checkpoint, the images, the version. Nothing goes on from what was
   * kept of others.
   */
  readonly of: unknown;
  readonly environment: RunEnvironment;
}

/**
 * Opens an unfinished fine-tuning, in a folder of its own beside the run's evaluations: a JSON file, and the
 * values of the state that it names.
 *
 * @throws {TsslError} RUN_FOLDER while another process has it. What the system says, such as EROFS, where the
 * run folder cannot be written.
 */
export async function openFineTuning(
  runFolder: string,
  { asked, of, environment }: KeptFineTuningOptions,
): Promise<KeptFineTuning> {
  const folder = path.join(evaluationsOf(runFolder), `unfinished-${digestOf(asked).slice(0, 16)}`);
  await mkdir(path.dirname(folder), { recursive: true });
  const lock = await lockOf(runFolder, `${folder}.lock`);
  const write = async (where: Where): Promise<void> => {
    const content: Written = { format: FORMAT, of: digestOf(of), environment, ...where };
    await writeWhole(path.join(folder, STATE), JSON.stringify(content));
    for (const name of await namesIn(folder)) {
      if (name !== STATE && name !== where.values?.file) await rm(path.join(folder, name), { force: true });
    }
  };
  try {
    return {
      ...(await readFound(folder, digestOf(of))),
      async save({ point, snapshot }) {
        await mkdir(folder, { recursive: true });
        const file = `epoch-${point.epoch}-batch-${point.batch}.safetensors`;
        const mark = await writeValues(path.join(folder, file), snapshot);
        await write({ point, values: { file, ...mark } });
      },
      async end(result) {
        await mkdir(folder, { recursive: true });
        await write({ result });
      },
      remove: () => rm(folder, { recursive: true, force: true }),
      close: () => lock.release(),
    };
  } catch (error) {
    lock.release();
    throw error;
  }
}

const STATE = "state.json";

const digestOf = (facts: unknown): string => createHash("sha256").update(JSON.stringify(facts)).digest("hex");

async function lockOf(runFolder: string, file: string): Promise<FileLock> {
  const attempt = await takeFileLock(file);
  if (attempt.lock === undefined) throw fineTuningInUse(runFolder, attempt, file);
  return attempt.lock;
}

/** Where it stands: at a point, or at its end. */
interface Where {
  readonly point?: FineTunePoint;
  readonly values?: ValuesMark & { readonly file: string };
  readonly result?: FineTuneResult;
}

interface Written extends Where {
  readonly format: number;
  readonly of: string;
  readonly environment: RunEnvironment;
}

const resultShape: Shape<FineTuneResult> = object({
  fraction: share,
  trainImages: whole(1),
  trunkRate: number(),
  headRate: number(),
  trainLoss: number(),
  images: whole(1),
  top1: share,
  top5: nullable(share),
  balancedAccuracy: share,
  largestClass: share,
  perClass: listOf(nullable(share)),
  confusion: listOf(listOf(whole())),
});

const writtenShape: Shape<Written> = object(
  { format: exactly(FORMAT), of: text, environment: environmentShape },
  {
    point: object({ epoch: whole(), batch: whole(), sum: numberOrNaN, mean: numberOrNaN }),
    values: object({ file: text, bytes: whole(), sha256: text }),
    result: resultShape,
  },
);

/** What is damaged is told, and begun anew: it can be computed again. */
async function readFound(folder: string, of: string): Promise<Pick<KeptFineTuning, "found" | "unusable">> {
  try {
    const written = await readJsonFile(path.join(folder, STATE), writtenShape);
    if (written === undefined) return {};
    if (written.of !== of) return { unusable: FINE_TUNING_OF_OTHERS };
    const { environment, point, values, result } = written;
    if (result !== undefined) return { found: { environment, result } };
    if (point === undefined || values === undefined) return {};
    const snapshot = await readValues(path.join(folder, path.basename(values.file)), values);
    return { found: { environment, state: { point, snapshot } } };
  } catch (error) {
    if (!(error instanceof TsslError)) throw error;
    return { unusable: error.message };
  }
}
