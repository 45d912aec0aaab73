// The sentences of errors INVALID_PLUGIN on what a plugin's hooks do. The conformance kit has its own in
// testing/messages.

import { messageOf, TsslError } from "../errors.ts";
import { didYouMean } from "../text/did-you-mean.ts";
import { shapeText } from "../text/shape-text.ts";

/**
 * @param readsFreed true where the error comes from a tensor that has been freed.
 * @param place in the module that the plugin's author wrote: "barlow-twins.ts:31:32".
 */
export const hookFailed = (
  plugin: string,
  hook: string,
  cause: unknown,
  { readsFreed = false, place }: { readonly readsFreed?: boolean; readonly place?: string } = {},
): TsslError => {
  const reason = messageOf(cause);
  const at = place === undefined || reason.includes(place) ? "" : ` (at ${place})`;
  const hint = readsFreed ? " A tensor of `step` that `after` reads must pass through `keep`." : "";
  return new TsslError("INVALID_PLUGIN", `[${plugin}] ${hook} failed: ${reason}${at}${hint}`, {
    cause,
    data: { plugin, hook, reason, ...(place === undefined ? {} : { place }) },
  });
};

/** The reason why a step fails that reads views or patches of a name that nobody asked for. */
export const noSuchView = (kind: "views" | "patches", name: string, known: readonly string[]): Error => {
  const there = known.length === 0 ? `${kind} is empty` : `${kind} has ${known.join(", ")}`;
  return new Error(`there is no view "${name}"; ${there}.${didYouMean(name, known)}`);
};

/**
 * @param what "what step returns", or "the term "spread" of step".
 * @param keys that it has or may have: "terms: { … }".
 */
export const notAnObjectWith = (plugin: string, what: string, keys: string, got: unknown): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `[${plugin}] ${what} must be an object with ${keys}, got ${valueText(got)}.`,
    { data: { plugin, what } },
  );

/** @param key one that the contract does not know. */
export const unknownKey = (plugin: string, what: string, key: string, known: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `[${plugin}] ${what} has an unknown "${key}".${didYouMean(key, known)} Known: ${known.join(", ")}.`,
    { data: { plugin, what, key } },
  );

/** @param got the shape of a tensor, or what is there instead of one. */
export const notAScalar = (plugin: string, what: string, got: unknown): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    Array.isArray(got)
      ? `[${plugin}] step: ${what} must be a scalar, got a tensor of shape ${shapeText(got as number[])}. ` +
          "Take its mean or its sum."
      : `[${plugin}] step: ${what} must be a tensor without dimensions, got ${valueText(got)}.`,
    { data: { plugin, what, got } },
  );

const valueText = (value: unknown): string =>
  typeof value === "object" && value !== null ? `{ ${Object.keys(value).join(", ")} }` : String(value);

export const notOwnNetwork = (plugin: string): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `[${plugin}] emaOf needs a network that this plugin made with build.network.`,
    { data: { plugin } },
  );

/** @param parameter of the leader, without the leader's name: "conv.weight". */
export const parameterMissing = (follower: string, leader: string, parameter: string): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `${follower} has no parameter "${parameter}" to follow ${leader}: the encoder must give its parameters ` +
      `the same names each time it is built.`,
    { data: { follower, leader, parameter } },
  );

export const stateExists = (name: string): TsslError =>
  new TsslError("INVALID_PLUGIN", `State "${name}" exists already. Choose another name.`, {
    data: { name },
  });

export const stateMissing = (name: string): TsslError =>
  new TsslError("INVALID_PLUGIN", `There is no state "${name}".`, { data: { name } });

export const inputMissing = (name: string): TsslError =>
  new TsslError("INVALID_PLUGIN", `The run has no input "${name}". Make it with build.input, in setup.`, {
    data: { name },
  });

export const notPublished = (publication: string): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `"${publication}" was not published in this step. List it in \`requires\`: its publisher then runs ` +
      `first.`,
    { data: { publication } },
  );

/** @param views the shape of each view's embeddings. */
export const embeddingsDisagree = (views: Readonly<Record<string, readonly number[]>>): TsslError => {
  const got = Object.entries(views).map(([view, shape]) => `${view} ${shapeText(shape)}`);
  return new TsslError(
    "INVALID_PLUGIN",
    "The published embeddings must be those of two or more views, all of one shape [B, D], " +
      `got ${got.join(", ")}.`,
    { data: { views } },
  );
};

export const variableNotInState = (): TsslError =>
  new TsslError("INVALID_PLUGIN", "The variable is not part of the run's state. Make it with build.");

export const stateOfAnotherPlugin = (plugin: string, name: string): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `"${name}" belongs to another plugin. A plugin may write its own state alone.`,
    { data: { plugin, name } },
  );

/** @param parameters names of those that the run trains. */
export const nothingToFreeze = (frozen: string, parameters: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `phase: the run has no trained parameter "${frozen}" to freeze. It has ${parameters.join(", ")}.`,
    { data: { frozen, parameters } },
  );
