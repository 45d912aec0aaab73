import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";

const { resolve } = createRequire(import.meta.url);

const FILES = {
  "moco/imagenet": "@tssl/plugin-moco/presets/imagenet.yaml",
  "moco-v1/imagenet": "@tssl/plugin-moco/presets/imagenet-v1.yaml",
  "moco/cifar10": "@tssl/plugin-moco/presets/cifar10.yaml",
  "simclr/imagenet": "@tssl/plugin-simclr/presets/imagenet.yaml",
  "simclr/cifar10-lightly": "@tssl/plugin-simclr/presets/cifar10-lightly.yaml",
  "simclr/cifar10-solo-learn": "@tssl/plugin-simclr/presets/cifar10-solo-learn.yaml",
  "byol/imagenet": "@tssl/plugin-byol/presets/imagenet.yaml",
  "byol/cifar10-lightly": "@tssl/plugin-byol/presets/cifar10-lightly.yaml",
  "byol/cifar10-solo-learn": "@tssl/plugin-byol/presets/cifar10-solo-learn.yaml",
  "clsa/imagenet": "@tssl/plugin-clsa/presets/imagenet.yaml",
  "clsa/imagenet-multi": "@tssl/plugin-clsa/presets/imagenet-multi.yaml",
  "instdisc/imagenet": "@tssl/plugin-instdisc/presets/imagenet.yaml",
  "instdisc/cifar10": "@tssl/plugin-instdisc/presets/cifar10.yaml",
  "swav/imagenet": "@tssl/plugin-swav/presets/imagenet.yaml",
  "swav/imagenet-256": "@tssl/plugin-swav/presets/imagenet-256.yaml",
  "swav/cifar10-lightly": "@tssl/plugin-swav/presets/cifar10-lightly.yaml",
  "swav/cifar10-solo-learn": "@tssl/plugin-swav/presets/cifar10-solo-learn.yaml",
  "deepcluster-v2/imagenet": "@tssl/plugin-deepcluster/presets/imagenet.yaml",
  "pcl/imagenet": "@tssl/plugin-pcl/presets/imagenet.yaml",
  "pcl/cifar10": "@tssl/plugin-pcl/presets/cifar10.yaml",
  "pcl-v1/imagenet": "@tssl/plugin-pcl/presets/imagenet-v1.yaml",
  "localagg/imagenet": "@tssl/plugin-localagg/presets/imagenet.yaml",
  "localagg/cifar10": "@tssl/plugin-localagg/presets/cifar10.yaml",
  "infomin/imagenet": "@tssl/plugin-infomin/presets/infomin-imagenet.yaml",
  "infomin/cifar10": "@tssl/plugin-infomin/presets/infomin-cifar10.yaml",
  "pirl/imagenet": "@tssl/plugin-infomin/presets/pirl-imagenet.yaml",
  "pirl/cifar10": "@tssl/plugin-infomin/presets/pirl-cifar10.yaml",
  "cpc/imagenet": "@tssl/plugin-cpc/presets/imagenet.yaml",
  "cpc/cifar10": "@tssl/plugin-cpc/presets/cifar10.yaml",
  "supervised/imagenet": "@tssl/plugin-supervised/presets/imagenet.yaml",
  "supervised/cifar10": "@tssl/plugin-supervised/presets/cifar10.yaml",
  "supcon/cifar10": "@tssl/plugin-supervised/presets/supcon-cifar10.yaml",
  "moco/cifar10-10k": "@tssl/plugin-moco/presets/cifar10-10k.yaml",
  "simclr/cifar10-10k": "@tssl/plugin-simclr/presets/cifar10-10k.yaml",
  "byol/cifar10-10k": "@tssl/plugin-byol/presets/cifar10-10k.yaml",
  "clsa/cifar10-10k": "@tssl/plugin-clsa/presets/cifar10-10k.yaml",
  "instdisc/cifar10-10k": "@tssl/plugin-instdisc/presets/cifar10-10k.yaml",
  "swav/cifar10-10k": "@tssl/plugin-swav/presets/cifar10-10k.yaml",
  "deepcluster-v2/cifar10-10k": "@tssl/plugin-deepcluster/presets/cifar10-10k.yaml",
  "pcl/cifar10-10k": "@tssl/plugin-pcl/presets/cifar10-10k.yaml",
  "localagg/cifar10-10k": "@tssl/plugin-localagg/presets/cifar10-10k.yaml",
  "infomin/cifar10-10k": "@tssl/plugin-infomin/presets/infomin-cifar10-10k.yaml",
  "pirl/cifar10-10k": "@tssl/plugin-infomin/presets/pirl-cifar10-10k.yaml",
  "supervised/cifar10-10k": "@tssl/plugin-supervised/presets/cifar10-10k.yaml",
} as const;

export type PresetName = keyof typeof FILES;

export const presetNames = Object.keys(FILES) as readonly PresetName[];

/**
 * Files of the presets by the name that `extends` accepts: whole runs of papers and of well-known benchmarks.
 */
export const presets = Object.fromEntries(
  Object.entries(FILES).map(([name, file]) => [name, resolve(file)]),
) as Readonly<Record<PresetName, string>>;

/**
 * The comment at the top of a preset, by lines: the run, its paper, the authors' code, and the accuracy that
 * they report.
 */
export async function presetNotes(name: PresetName): Promise<readonly string[]> {
  const lines = (await readFile(presets[name], "utf8")).split("\n");
  const end = lines.findIndex((line) => !line.startsWith("#"));
  return lines.slice(0, end).map((line) => line.replace(/^# ?/, ""));
}
