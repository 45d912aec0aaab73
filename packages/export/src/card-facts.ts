import type { ViewSize } from "@tssl/augment-zoo";

/** What a model card tells of a run. */
export interface CardFacts {
  readonly name: string;
  /** As the config names it. */
  readonly encoder: string;
  /** "resnet50 with stem: imagenet"; undefined where it is none of torchvision's. */
  readonly architecture: string | undefined;
  readonly featureDim: number;
  /** The side of a square, or `[height, width]`. */
  readonly imageSize: ViewSize;
  readonly channels: number;
  readonly depth: 8 | 32;
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
  /** Names of the plugins. */
  readonly methods: readonly string[];
  /** The SPDX name of the licence, where the user said one. */
  readonly license?: string;
  readonly checkpoint: string;
  readonly steps: number;
  readonly epochs: { readonly done: number; readonly planned: number };
  readonly batchSize: number;
  readonly seconds: number;
  readonly data: {
    readonly images: number;
    readonly classes: number;
    /** Digests of the images' fingerprints. */
    readonly fingerprints: Readonly<Record<string, string>>;
  };
  readonly evaluations: readonly {
    readonly name: string;
    /** Shares, 0 .. 1. */
    readonly accuracy: number;
    readonly untrained?: number;
    readonly testImages?: number;
    readonly step: number;
  }[];
  readonly curves: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** Sentences on the run's health. */
  readonly health: readonly string[];
  /** What the user was told of the data. */
  readonly notes: readonly string[];
  readonly environment: Readonly<Record<string, string | number>>;
  /** The resolved config as YAML. */
  readonly config: string;
  /** Number of images that the artefacts were proven by. */
  readonly proofImages: number;
}
