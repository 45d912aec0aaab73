import { createRequire } from "node:module";

const { resolve } = createRequire(import.meta.url);

const presetsOf = (plugin: string, names: readonly string[]) =>
  names.map((name) => [`${plugin}/${name}`, `@tssl/plugin-${plugin}/presets/${name}.yaml`] as const);

/** What can stand after `extends:` by name, and the file of each: whole runs of the papers and of well-known benchmarks. */
export const presets: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...presetsOf("moco", ["imagenet", "cifar10"]),
    ...presetsOf("simclr", ["imagenet", "cifar10-lightly", "cifar10-solo-learn"]),
    ...presetsOf("byol", ["imagenet", "cifar10-lightly", "cifar10-solo-learn"]),
    ...presetsOf("clsa", ["imagenet", "imagenet-multi"]),
  ].map(([name, file]) => [name, resolve(file)]),
);
