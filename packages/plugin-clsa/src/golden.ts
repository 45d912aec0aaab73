import { type GoldenCase, type GoldenSteps, readGolden } from "@tssl/core/testing";

import { clsa } from "./clsa.ts";

interface Host {
  readonly name: string;
}

/**
 * Ten whole steps of CLSA on a method in PyTorch, by `fixtures/make_clsa_steps.py`: an extra weak view and
 * two strong ones.
 *
 * @param host the plugin moco, simclr or byol.
 */
export const goldenCaseOn = (host: Host): GoldenCase => goldenCase(`clsa-on-${host.name}-steps`, host);

/**
 * The same of CLSA*, with `crops: multi`: four extra weak views and five strong ones, as in the preset
 * clsa/imagenet-multi.
 *
 * @param host the plugin moco.
 */
export const goldenMultiCropCaseOn = (host: Host): GoldenCase =>
  goldenCase(`clsa-multi-on-${host.name}-steps`, host);

function goldenCase(name: string, host: Host): GoldenCase {
  const golden = readGolden<GoldenSteps>(new URL(`../fixtures/${name}.json`, import.meta.url));
  const { plugin, clsa: options } = golden.settings;
  const plugins = [
    { use: clsa, ...options },
    { use: host, ...plugin },
  ];
  return { name, plugins, golden };
}
