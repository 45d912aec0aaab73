import { sourceMarks } from "../config/load-module.ts";
import type { RunConfig, UsedCode } from "../config/parse-config.ts";
import { digestOf, type Fingerprint, fingerprintOf, LARGE_SET } from "../data/fingerprint.ts";
import type { RunData } from "../evaluation/open-data.ts";
import { withoutSecretsIn } from "../text/without-secrets.ts";
import { TSSL_VERSION } from "../version.ts";
import { withKeptCode } from "./kept-code.ts";

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
export interface RunIdentity extends RunSetting {
  /** What the images are, by set: "train", "test", and "labelled" where evaluation.train names others. */
  readonly images: ImageFingerprints;
}

/** What is known of a run's identity before its images are looked at. */
export interface RunSetting {
  /**
   * As the run keeps it: with the code that it keeps (`withKeptCode`), and addresses without their secrets.
   */
  readonly config: Readonly<Record<string, unknown>>;
  /** The plugins' own names, in the order of the config. */
  readonly plugins: readonly string[];
  readonly versions: RunVersions;
  /** The user's own modules. */
  readonly code: readonly UsedCode[];
}

export type ImageFingerprints = Readonly<Record<string, Fingerprint>>;

/** What the config and the code say of a run's identity. */
export const settingOf = (config: RunConfig): RunSetting => ({
  config: withoutSecretsIn(withKeptCode(config.resolved, config.code)),
  plugins: config.plugins.map(({ plugin }) => plugin.name),
  versions: {
    tssl: TSSL_VERSION,
    plugins: Object.fromEntries(config.plugins.map(({ plugin }) => [plugin.name, plugin.version])),
  },
  code: config.code,
});

/** What the images of a run are. Reads 4 KiB of each new image. @param signal ends it. */
export const fingerprintsOf = async (
  { train, knnData }: Pick<RunData, "train" | "knnData">,
  signal?: AbortSignal,
): Promise<ImageFingerprints> => ({
  train: await fingerprintOf(train, { signal }),
  ...(knnData === undefined ? {} : { test: await fingerprintOf(knnData.test, { signal }) }),
  ...(knnData === undefined || knnData.train === train
    ? {}
    : { labelled: await fingerprintOf(knnData.train, { signal }) }),
});

/**
 * Whether looking at all images may take so long that training should not wait for it. Shards on servers are
 * waited for: a server that does not answer should end a run before its first step.
 */
export const takesLong = ({ train, knnData }: Pick<RunData, "train" | "knnData">): boolean =>
  [train, knnData?.train, knnData?.test].some((set) => set !== undefined && set.files.length >= LARGE_SET) &&
  [train, knnData?.train, knnData?.test].every(
    (set) => set === undefined || typeof set.files[0] === "string",
  );
/** One digest for each module: what checkpoints hold. */
export const codeDigests = (code: readonly UsedCode[]): Record<string, string> =>
  Object.fromEntries(code.map(({ name, code: module }) => [name, digestOf(sourceMarks(module))]));

/** One digest for each folder's images: what checkpoints hold, whose lists would be too long. */
export const imageDigests = (images: ImageFingerprints): Record<string, string> =>
  Object.fromEntries(Object.entries(images).map(([folder, { digest }]) => [folder, digest]));
