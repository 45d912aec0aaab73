import path from "node:path";

import { describeImageChanges, marksOf } from "../data/fingerprint.ts";
import { anotherRun, otherEnvironment, usingEarlierCheckpoint } from "../messages.ts";
import type { RunProgress } from "./run-history.ts";
import type { Checkpoint, CheckpointFacts, RunEnvironment } from "./checkpoint.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";
import { differences, type Difference, isNamed } from "./differences.ts";
import { withoutSecretsIn } from "../text/without-secrets.ts";
import { checkpointsOf, type KeptImages, readKeptImages, readRunContent } from "./run-folder.ts";
import { imageDigests, type ImageFingerprints, type RunIdentity, type RunVersions } from "./run-identity.ts";

/** The point from which a run continues. */
export interface ResumePoint {
  /** The checkpoint; absent where the run ended before its first one, and starts from the beginning. */
  readonly checkpoint?: Checkpoint;
  /** Newer checkpoints that are not whole. */
  readonly damaged: readonly string[];
  /** Changes that the user has allowed. */
  readonly changes: readonly Difference[];
}

export interface ResumeSearch {
  readonly checkpoints: CheckpointStore;
  readonly identity: RunIdentity;
  /**
   * Paths that may have changed: "optimizer.lr", "images.train", "versions". A section stands for all that is
   * in it.
   */
  readonly allowed: readonly string[];
  /** Called with a sentence for each checkpoint that is damaged. */
  readonly tell: (sentence: string) => void;
  /** Fills in options that have come since a config was written; see `withNewDefaults`. */
  readonly complete: (earlier: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;
  /** A step: its checkpoint and later ones are passed over. */
  readonly beforeStep?: number;
}

/**
 * Finds the newest whole checkpoint of a run, and holds it to the run as it would go on.
 *
 * @throws {TsslError} CHECKPOINT if anything else has changed, with old and new value of each.
 */
export async function findResumePoint(
  runFolder: string,
  { checkpoints, identity, allowed, tell, complete, beforeStep }: ResumeSearch,
): Promise<ResumePoint> {
  const damaged: string[] = [];
  const onDamaged = (name: string, sentence: string) => {
    damaged.push(name);
    tell(usingEarlierCheckpoint(sentence));
  };
  const checkpoint = await checkpoints.newest(onDamaged, beforeStep);
  const images = await readKeptImages(runFolder);
  const before = checkpoint?.facts ?? {
    config: await readRunContent(runFolder),
    images: images?.digests ?? imageDigests(identity.images),
    versions: identity.versions,
  };
  const changes = [
    ...differences(withoutSecretsIn(asJson(complete(before.config))), asJson(identity.config)),
    ...(await imageChanges(before.images, images, identity.images)),
    ...versionChanges(before.versions, identity.versions),
  ];
  const unnamed = changes.filter((change) => !isNamed(change.path, allowed));
  if (unnamed.length > 0) {
    throw anotherRun(
      checkpoint === undefined ? runFolder : path.join(checkpointsOf(runFolder), checkpoint.name),
      unnamed,
    );
  }
  return { ...(checkpoint === undefined ? {} : { checkpoint }), damaged, changes };
}

/** How far a run is at a checkpoint, with what has changed since. */
export function progressAt(
  { step, metrics, history, epochWork = false }: CheckpointFacts,
  changes: readonly Difference[],
): RunProgress {
  if (changes.length === 0) return { step, metrics, epochWork, history, changed: false };
  // These name images by their places in folders that are then no longer the same.
  const { untrained, latest, ...rest } = history;
  const kept = changes.some((change) => isNamed(change.path, ["images"])) ? rest : history;
  const texts = changes.map((change) => `${change.path} ${change.text}`);
  const all = [...history.changes, { step, changes: texts }];
  return { step, metrics, epochWork, history: { ...kept, changes: all }, changed: true };
}

/** A notice for an environment that may round otherwise; undefined for the same environment. */
export function describeEnvironmentChange(before: RunEnvironment, now: RunEnvironment): string | undefined {
  const changes = differences(before, now);
  return changes.length === 0 ? undefined : otherEnvironment(changes);
}

async function imageChanges(
  digests: Readonly<Record<string, string>>,
  before: KeptImages | undefined,
  now: ImageFingerprints,
): Promise<readonly Difference[]> {
  const changes: Difference[] = [];
  for (const difference of differences(digests, imageDigests(now), "images")) {
    const folder = difference.path.slice("images.".length);
    const is = now[folder];
    // The list that the run folder knows tells which, if it is the one that the checkpoint knew.
    const isSame = before?.digests[folder] === digests[folder];
    const was = isSame && is !== undefined ? await before?.marks(folder) : undefined;
    const text = was === undefined ? undefined : describeImageChanges(was, marksOf(is!));
    changes.push({ path: difference.path, text: text ?? difference.text });
  }
  return changes;
}

/** Plugins that came or went are changes of the config. */
const versionChanges = (before: RunVersions, now: RunVersions): readonly Difference[] => [
  ...differences(before.tssl, now.tssl, "versions.tssl"),
  ...Object.keys(now.plugins)
    .filter((name) => name in before.plugins)
    .flatMap((name) => differences(before.plugins[name], now.plugins[name], `versions.plugins.${name}`)),
];

/** A value as it comes back from a checkpoint. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
