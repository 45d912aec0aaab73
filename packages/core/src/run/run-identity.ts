import { sourceMarks } from "../config/load-module.ts";
import type { RunConfig, UsedCode } from "../config/parse-config.ts";
import { digestOf, type Fingerprint, fingerprintOf } from "../data/fingerprint.ts";
import type { RunData } from "../evaluation/open-data.ts";
import { withKeptCode } from "./kept-code.ts";
import { TSSL_VERSION } from "../version.ts";

/** Versions of the code that a run's numbers come from. */
export interface RunVersions {
  readonly tssl: string;
  /** By plugin name; see `Plugin.version`. */
  readonly plugins: Readonly<Record<string, number>>;
}

/**
 * All that decides which numbers a run computes, apart from rounding. A run is resumed only with the same, or
 * by the user's word.
 */
export interface RunIdentity {
  /** As the run keeps it: see `withKeptCode`. */
  readonly config: Readonly<Record<string, unknown>>;
  /** The plugins' own names, in the order of the config. */
  readonly plugins: readonly string[];
  /** What the images are, by folder: "train", "test". */
  readonly images: ImageFingerprints;
  readonly versions: RunVersions;
  /** The user's own modules. */
  readonly code: readonly UsedCode[];
}

export type ImageFingerprints = Readonly<Record<string, Fingerprint>>;

/**
 * What decides a run's numbers: its config, the images of its data, and versions. Reads 4 KiB of each new
 * image.
 */
export async function identifyRun(
  config: RunConfig,
  { train, knnData }: Pick<RunData, "train" | "knnData">,
): Promise<RunIdentity> {
  return runIdentity(config, {
    train: await fingerprintOf(train),
    ...(knnData === undefined ? {} : { test: await fingerprintOf(knnData.test) }),
  });
}

const runIdentity = (config: RunConfig, images: ImageFingerprints): RunIdentity => ({
  config: withKeptCode(config.resolved, config.code),
  plugins: config.plugins.map(({ plugin }) => plugin.name),
  images,
  versions: {
    tssl: TSSL_VERSION,
    plugins: Object.fromEntries(config.plugins.map(({ plugin }) => [plugin.name, plugin.version])),
  },
  code: config.code,
});

/** One digest for each module: what checkpoints hold. */
export const codeDigests = (code: readonly UsedCode[]): Record<string, string> =>
  Object.fromEntries(code.map(({ name, code: module }) => [name, digestOf(sourceMarks(module))]));

/** One digest for each folder's images: what checkpoints hold, whose lists would be too long. */
export const imageDigests = (images: ImageFingerprints): Record<string, string> =>
  Object.fromEntries(Object.entries(images).map(([folder, fingerprint]) => [folder, digestOf(fingerprint)]));
