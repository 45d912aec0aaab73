import path from "node:path";

import { sourceMarks } from "../config/load-module.ts";
import { namedPath } from "../config/plugin-path.ts";
import { describeImageChanges, digestOf, marksOf } from "../data/fingerprint.ts";
import { anotherRun, changeText } from "../messages/checkpoint.ts";
import { otherEnvironment, usingEarlierCheckpoint } from "../messages/notices.ts";
import type { RunProgress } from "./run-history.ts";
import type { Checkpoint, CheckpointFacts, RunEnvironment } from "./checkpoint.ts";
import type { CheckpointStore } from "./checkpoint-store.ts";
import { differences, type Difference, isNamed } from "./differences.ts";
import { withoutSecretsIn } from "../text/without-secrets.ts";
import { checkpointsOf, type KeptImages, readKeptImages, readRunContent } from "./run-folder.ts";
import { readKeptMarks } from "./kept-code.ts";
import {
  codeDigests,
  imageDigests,
  type ImageFingerprints,
  type RunIdentity,
  type RunVersions,
} from "./run-identity.ts";

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
   * Paths that may have changed: "optimizer.lr", "plugins.moco.dim" or "plugins.0.dim", "images.train",
   * "versions", "code". A section stands for all that is in it.
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
  const before: Pick<CheckpointFacts, "config" | "images" | "versions" | "code"> = checkpoint?.facts ?? {
    config: await readRunContent(runFolder),
    images: images?.digests ?? imageDigests(identity.images),
    versions: identity.versions,
    code: keptDigests(await readKeptMarks(runFolder)),
  };
  const changes = [
    ...configChanges(withoutSecretsIn(complete(before.config)), before.images, identity),
    ...(await imageChanges(before.images, images, identity.images)),
    ...versionChanges(before.versions, identity.versions),
    ...(await codeChanges(before.code, identity, runFolder)),
  ];
  const named = allowed.map((dotted) => namedPath(dotted, identity.plugins));
  const unnamed = changes.filter((change) => !isNamed(change.path, named));
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
  const texts = changes.map(changeText);
  const all = [...history.changes, { step, changes: texts }];
  return { step, metrics, epochWork, history: { ...kept, changes: all }, changed: true };
}

/** A notice for an environment that may round otherwise; undefined for the same environment. */
export function describeEnvironmentChange(before: RunEnvironment, now: RunEnvironment): string | undefined {
  const one = { replicas: 1 };
  const changes = differences({ ...one, ...before }, { ...one, ...now });
  return changes.length === 0 ? undefined : otherEnvironment(changes);
}

/** The set of images that an option names. */
const SET_OF: Readonly<Record<string, string>> = {
  "data.train": "train",
  "data.test": "test",
  "evaluation.train": "labelled",
  "evaluation.test": "test",
};

/** The same images at another place are no change. */
function configChanges(
  before: Readonly<Record<string, unknown>>,
  imagesBefore: Readonly<Record<string, string>>,
  { config, plugins, images }: RunIdentity,
): readonly Difference[] {
  const uses = ((config["plugins"] ?? []) as readonly { readonly use: string }[]).map(({ use }) => use);
  const nameOf = (use: string) => plugins[uses.indexOf(use)] ?? use;
  const digests = imageDigests(images);
  const isSameSet = ({ path: place }: Difference): boolean => {
    const set = SET_OF[place];
    return set !== undefined && set in digests && digests[set] === imagesBefore[set];
  };
  return differences(asJson(before), asJson(config), "", nameOf).filter((change) => !isSameSet(change));
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

/** Modules that came or went are changes of the config. */
async function codeChanges(
  digests: Readonly<Record<string, string>> = {},
  { code }: RunIdentity,
  runFolder: string,
): Promise<readonly Difference[]> {
  const now = codeDigests(code);
  const kept = await readKeptMarks(runFolder);
  return code.flatMap(({ name, code: module }) => {
    const [was, is] = [digests[name], now[name]];
    if (was === undefined || was === is) return [];
    // The copy in the run folder tells which file, if it is the one that the checkpoint knew.
    const files = digestOf(kept[name] ?? {}) === was ? describeImageChanges(kept[name]!, sourceMarks(module)) : undefined; // prettier-ignore
    return [{ path: `code.${name}`, text: files ?? `was ${was.slice(0, 16)}, is ${is!.slice(0, 16)}` }];
  });
}

const keptDigests = (marks: Awaited<ReturnType<typeof readKeptMarks>>): Record<string, string> =>
  Object.fromEntries(Object.entries(marks).map(([name, sources]) => [name, digestOf(sources)]));

/** A value as it comes back from a checkpoint. */
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;
