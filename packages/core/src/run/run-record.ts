import { arch, availableParallelism, hostname, release, type } from "node:os";
import path from "node:path";

import type { EngineInfo } from "@tssl/engine";

import { configOptions } from "../config/config-options.ts";
import type { RunConfig } from "../config/parse-config.ts";
import { type DataLedger, ledgerShape } from "../data/data-ledger.ts";
import type { KnnData } from "../evaluation/evaluate-knn.ts";
import { neighboursAmong } from "../evaluation/knn.ts";
import type { RunData } from "../evaluation/open-data.ts";
import type { RunFacts } from "../plugins/run-facts.ts";
import type { RunHistory } from "./run-history.ts";
import { withoutSecretsIn } from "../text/without-secrets.ts";
import { TSSL_VERSION } from "../version.ts";
import type { RunEnvironment } from "./checkpoint.ts";
import { historyContradiction, historyShape } from "./history-shape.ts";
import { missingInRun } from "./run-folder.ts";
import { readJsonFile } from "../files/json-file.ts";
import {
  anything,
  listOf,
  moment,
  object,
  recordOf,
  type Shape,
  text,
  textOrNumber,
  whole,
} from "../files/shapes.ts";
import { writeWhole } from "../files/write-whole.ts";

/**
 * What run.json says of a run, from its start on: with the config and the metrics all that its page shows,
 * but for pictures. It is written anew after the first step, after each epoch and at the end.
 */
export interface RunRecord {
  /** Names of the plugins, in the order of the config. */
  readonly plugins: readonly string[];
  readonly data: {
    readonly images: number;
    /** Classes of the training images; none where they have no labels. */
    readonly classes: readonly string[];
    /** The labelled images of kNN; absent where there are none. */
    readonly evaluation?: {
      /** Images that kNN searches, and their classes. */
      readonly trainImages: number;
      readonly classes: readonly string[];
      /** Images that kNN classifies. */
      readonly testImages: number;
      /** Neighbours that vote. */
      readonly k: number;
    };
    /** What the user should know, in sentences. */
    readonly notes: readonly string[];
    /**
     * Files that were found and left out: of the training images, of the labelled ones where these are a set
     * of their own, and of those that kNN classifies; absent in runs of earlier versions.
     */
    readonly ledgers?: {
      readonly train: DataLedger;
      readonly labelled?: DataLedger;
      readonly test?: DataLedger;
    };
  };
  /** Every option with its value and who said it; absent where the program that trains did not tell. */
  readonly options?: readonly SourcedValue[];
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  /** Versions, device, cores, seed: by the name to show. */
  readonly environment: Readonly<Record<string, string | number>>;
  /** Who trains: tells whether a run without an end goes on or was killed. */
  readonly process: { readonly pid: number; readonly host: string };
  /** ISO 8601. */
  readonly savedAt: string;
  readonly history: RunHistory;
}

export interface SourcedValue {
  /** As typed after --set: "plugins.clsa.beta". */
  readonly name: string;
  readonly value: unknown;
  /** "config.yaml:9", "preset moco/cifar10:8", "--set optimizer.lr=0.1", "default". */
  readonly source: string;
}

/**
 * The options of a run with who said each. Of a run that goes on the earlier record tells, but for what has
 * changed since.
 *
 * @param sources by the option's name.
 */
export function sourcedValues(
  config: RunConfig,
  sources: Readonly<Record<string, string>> | undefined,
  earlier: RunRecord | undefined,
): readonly SourcedValue[] | undefined {
  if (sources === undefined && earlier?.options === undefined) return undefined;
  const before = new Map(earlier?.options?.map((option) => [option.name, option]));
  return configOptions(config).map(({ name, ...option }) => {
    const value = withoutSecretsIn(option.value);
    const known = before.get(name);
    const kept = JSON.stringify(known?.value) === JSON.stringify(value) ? known?.source : undefined;
    const source = kept ?? sources?.[name] ?? "changed when the run went on";
    return { name, value, source: withoutSecretsIn(source) };
  });
}

function ledgersOf({ train, knnData }: RunData): NonNullable<RunRecord["data"]["ledgers"]> {
  if (knnData === undefined) return { train: train.ledger };
  const { train: labelled, test } = knnData;
  return {
    train: train.ledger,
    ...(labelled === train ? {} : { labelled: labelled.ledger }),
    test: test.ledger,
  };
}

/** The record of a run that this process trains. */
export const runRecord = (
  {
    config,
    data,
    facts,
    engine,
    options,
    weights,
    environment: { deviceName, ...environment },
  }: RunRecordInput,
  history: RunHistory,
): RunRecord => ({
  plugins: config.plugins.map(({ plugin }) => plugin.name),
  data: {
    images: data.train.files.length,
    classes: data.train.classes,
    ...(data.knnData === undefined ? {} : { evaluation: evaluationRecord(data.knnData, config) }),
    notes: data.notes,
    ledgers: ledgersOf(data),
  },
  ...(options === undefined ? {} : { options }),
  stepsPerEpoch: facts.stepsPerEpoch,
  totalSteps: facts.totalSteps,
  environment: {
    tssl: TSSL_VERSION,
    ...environment,
    "device name": deviceName,
    cores: availableParallelism(),
    tfjs: engine.tfjsVersion,
    "Node.js": process.version,
    system: `${type()} ${release()}, ${arch()}`,
    seed: config.settings.seed,
    ...(weights === undefined ? {} : { [WEIGHTS_MARK]: weights }),
  },
  process: { pid: process.pid, host: hostname() },
  savedAt: new Date().toISOString(),
  history,
});

const evaluationRecord = ({ train, test }: KnnData, { settings }: Pick<RunConfig, "settings">) => ({
  trainImages: train.files.length,
  classes: train.classes,
  testImages: test.files.length,
  k: neighboursAmong(train.files.length, settings.evaluation.k),
});

export interface RunRecordInput {
  readonly config: RunConfig;
  readonly data: RunData;
  readonly facts: RunFacts;
  readonly engine: EngineInfo;
  readonly environment: RunEnvironment;
  readonly options: readonly SourcedValue[] | undefined;
  /** SHA-256 of the file that the encoder started from; absent where its values were drawn. */
  readonly weights?: string;
}

/** Under this name the environment has the SHA-256 of the file that the encoder started from. */
export const WEIGHTS_MARK = "SHA-256 of encoder.weights";

const recordFileOf = (runFolder: string): string => path.join(runFolder, "run.json");

export const writeRunRecord = (runFolder: string, record: RunRecord): Promise<void> =>
  writeWhole(recordFileOf(runFolder), `${JSON.stringify(record)}\n`);

const recordShape: Shape<RunRecord> = object(
  {
    plugins: listOf(text),
    data: object(
      { images: whole(), classes: listOf(text), notes: listOf(text) },
      {
        evaluation: object({
          trainImages: whole(),
          classes: listOf(text),
          testImages: whole(),
          k: whole(1),
        }),
        ledgers: object({ train: ledgerShape }, { labelled: ledgerShape, test: ledgerShape }),
      },
    ),
    stepsPerEpoch: whole(1),
    totalSteps: whole(),
    environment: recordOf(textOrNumber),
    process: object({ pid: whole(), host: text }),
    savedAt: moment,
    history: historyShape,
  },
  { options: listOf(object({ name: text, value: anything, source: text })) },
);

const contradiction = ({ data: { evaluation }, history }: RunRecord): string | undefined =>
  evaluation === undefined ? undefined : historyContradiction(history, evaluation.classes.length);

/** The record of the run in a folder; undefined where it has none, because no run has begun there. */
export const findRunRecord = (runFolder: string): Promise<RunRecord | undefined> =>
  readJsonFile(recordFileOf(runFolder), recordShape, contradiction);

/**
 * @throws {TsslError} RUN_FOLDER if there is none or it cannot be read; FILE_DAMAGED if it is not what a run
 * writes.
 */
export async function readRunRecord(runFolder: string): Promise<RunRecord> {
  const record = await findRunRecord(runFolder);
  if (record === undefined) throw missingInRun(runFolder, "run.json");
  return record;
}
