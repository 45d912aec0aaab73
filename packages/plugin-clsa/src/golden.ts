import { type GoldenCase, type GoldenSteps, readGolden } from "@tssl/core/testing";

import { clsa } from "./clsa.ts";

/**
 * Ten whole steps of CLSA on a method in PyTorch, by `fixtures/make_clsa_steps.py`.
 *
 * @param host the plugin moco, simclr or byol.
 */
export function goldenCaseOn(host: { readonly name: string }): GoldenCase {
  const name = `clsa-on-${host.name}-steps`;
  const golden = readGolden<GoldenSteps>(new URL(`../fixtures/${name}.json`, import.meta.url));
  const { plugin, clsa: options } = golden.settings;
  const plugins = [
    { use: clsa, ...options },
    { use: host, ...plugin },
  ];
  return { name, plugins, golden };
}
