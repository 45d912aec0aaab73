// The sentences of errors INVALID_PLUGIN on how plugins go together.

import { TsslError } from "../errors.ts";
import { listed } from "../text/listed.ts";

export const otherContract = (plugin: string, contract: number, own: number): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `[${plugin}] was written for contract ${contract}, and this version of tssl has contract ${own}. ` +
      `Update the plugin.`,
    { data: { plugin, contract, own } },
  );

export const listedTwice = (plugin: string): TsslError =>
  new TsslError("INVALID_PLUGIN", `plugins: "${plugin}" is listed more than once. Keep one of them.`, {
    data: { plugin },
  });

/** @param plugins the two that publish it. */
export function publishedTwice(plugins: readonly [string, string], publication: string): TsslError {
  const [first, second] = plugins;
  return new TsslError(
    "INVALID_PLUGIN",
    `plugins: "${first}" and "${second}" both publish "${publication}". Keep one of them.`,
    { data: { plugins, publication } },
  );
}

/** @param methods the plugins beside it that take images. */
export function nothingPublishes(plugin: string, publication: string, methods: readonly string[]): TsslError {
  const missing =
    methods.length === 0
      ? "none of these does. Add a method such as moco."
      : `${listed(methods)} ${methods.length === 1 ? "does" : "do"} not. Use a method that does, such as moco, ` +
        `or leave "${plugin}" out.`;
  return new TsslError(
    "INVALID_PLUGIN",
    `plugins: "${plugin}" needs a plugin that publishes "${publication}", and ${missing}`,
    { data: { plugin, publication, methods } },
  );
}

export const requiredInACircle = (plugins: readonly string[]): TsslError =>
  new TsslError("INVALID_PLUGIN", `plugins: ${plugins.join(", ")} require each other in a circle.`, {
    data: { plugins },
  });

/** @param other the plugin that asked for a view of this name first. */
export const viewsDiffer = (plugin: string, other: string, view: string): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    `[${plugin}] asks for a view "${view}" that differs from the view "${view}" of [${other}]. Plugins ` +
      `share views of one name: give this one another name.`,
    { data: { plugin, other, view } },
  );

export const noViews = (): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    "plugins: none of them asks for a view, so there is nothing to train on. Add a method such as moco.",
  );

/** @param plugins those that train an encoder: none, or several. */
export const notOneEncoder = (plugins: readonly string[]): TsslError =>
  new TsslError(
    "INVALID_PLUGIN",
    plugins.length === 0
      ? "plugins: exactly one must train an encoder, and none does. Add a method such as moco."
      : `plugins: exactly one must train an encoder, and ${plugins.join(" and ")} do. Keep one of them.`,
    { data: { plugins } },
  );
