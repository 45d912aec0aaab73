import type { Bottleneck, RunHealth } from "@tssl/core/run";

import type { ExpectedStanding } from "./expected-standing.ts";
import type { KeptAccuracy } from "./kept-results.ts";
import type { MetricsDigest } from "./metrics-digest.ts";
import type { MapData, ReferenceLevel, RunStatus } from "../browser/page-data.ts";

/**
 * All that a report shows about one run, finished or not. Plain data, with pictures as PNG bytes.
 *
 * Data that a run does not have is left out, and its section with it. Accuracies and shares are
 * fractions (0.361 is shown as 36.1 %). A number that is NaN or infinite shows as a gap.
 */
export interface ReportData {
  readonly title: string;
  readonly status: RunStatus;
  /** Why a run failed or stopped, as a phrase: `"out of memory at step 412"`. */
  readonly statusReason?: string;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationSeconds: number;
  /** Names of the plugins, in the order of the config. */
  readonly plugins: readonly string[];
  /** The device as a sentence names it: "CPU", "NVIDIA H100". */
  readonly device: string;
  /** The training images; `classes` only where they have labels. */
  readonly data: { readonly images: number; readonly classes?: number };
  readonly epochs: { readonly done: number; readonly planned: number };
  /** Mean over all timed steps of the run. */
  readonly imagesPerSecond?: number;
  /** Seconds until the end, while the run goes on. */
  readonly secondsLeft?: number;
  /**
   * What the run has logged. The names `loss`, `lr` and `imagesPerSecond` get titles of their own; a loss
   * term is named `plugin/term`. Any other name makes a chart too.
   */
  readonly metrics: MetricsDigest;
  /** A level to compare a metric with, by the metric's name, such as a loss at chance. */
  readonly references?: Readonly<Record<string, ReferenceLevel>>;
  readonly knn?: KnnResults;
  /** What `tssl evaluate` measured of the run. */
  readonly evaluations?: readonly KeptAccuracy[];
  readonly health?: RunHealth;
  /** The run beside the measured runs of its preset; absent where none was measured. */
  readonly expected?: ExpectedStanding;
  /** Sentences for the user, such as on images that could not be decoded. */
  readonly notes?: readonly string[];
  readonly views?: ViewGrid;
  readonly neighbours?: readonly NeighbourCase[];
  /**
   * The training images that `neighbours` were searched and shown among, where there is no test set. Absent:
   * `neighbours` are of test images, among all labelled images.
   */
  readonly neighboursAmong?: number;
  readonly maps?: FeatureMaps;
  /** Seconds spent; the rest of the duration counts as other. */
  readonly timeShares?: {
    readonly compile: number;
    readonly step: number;
    readonly dataWait: number;
    readonly evaluation: number;
  };
  /** Absent until a step has been timed. */
  readonly bottleneck?: Bottleneck;
  /** The resolved config as YAML. */
  readonly config?: string;
  /** Every option of it with who said it; `source` is "default" where nobody did. */
  readonly options?: readonly { readonly name: string; readonly value: unknown; readonly source: string }[];
  /** Versions, device, cores, seed, commit: by the name to show. */
  readonly environment?: Readonly<Record<string, string | number>>;
  /** The command that makes this run again. */
  readonly reproduce?: string;
  readonly next?: readonly NextCommand[];
}

/** Accuracy of a k-nearest-neighbour classifier on the frozen encoder's features. */
export interface KnnResults {
  readonly k: number;
  /** Accuracy before the first step. */
  readonly untrained?: number;
  /** Accuracy of guessing: the share of the largest class, which is 1 / classes where they are alike. */
  readonly chance?: number;
  /**
   * The mean of the classes' own accuracies at the last evaluation; absent where classes are alike in size.
   */
  readonly balanced?: number;
  /** Number of images that were classified. It decides which gains could be luck. */
  readonly testImages?: number;
  readonly points: readonly { readonly step: number; readonly epoch: number; readonly accuracy: number }[];
  readonly perClass?: readonly {
    readonly label: string;
    readonly untrained?: number;
    readonly accuracy: number;
  }[];
  /** `counts[t][p]`: images of class `labels[t]` that were taken for class `labels[p]`. */
  readonly confusion?: {
    readonly labels: readonly string[];
    readonly counts: readonly (readonly number[])[];
  };
}

/** Images beside samples of the views that training makes of them. */
export interface ViewGrid {
  /** In the order to show. `name` is the key in `samples`. */
  readonly roles: readonly { readonly name: string; readonly recipe: string }[];
  /** Epochs of the samples, from 0, in their order. */
  readonly epochs: readonly number[];
  readonly rows: readonly {
    readonly png: Uint8Array;
    readonly label?: string;
    readonly samples: Readonly<Record<string, readonly ViewSample[]>>;
  }[];
}

export interface ViewSample {
  readonly png: Uint8Array;
  /** The operations that made the view, in order. */
  readonly operations: readonly AppliedOperation[];
}

export interface AppliedOperation {
  readonly name: string;
  readonly parameters?: Readonly<Record<string, ParameterValue>>;
}

export type ParameterValue = number | string | boolean | readonly number[];

/** A test image and the training images nearest to it, nearest first. */
export interface NeighbourCase {
  readonly png: Uint8Array;
  readonly label?: string;
  readonly untrained?: readonly Neighbour[];
  readonly trained?: readonly Neighbour[];
}

export interface Neighbour {
  readonly png: Uint8Array;
  /** Cosine. */
  readonly similarity: number;
  readonly label?: string;
}

/** Features of some images in two dimensions, with a thumbnail of each image. */
export interface FeatureMaps extends MapData {
  /** How many images the set has that they are taken from. */
  readonly of: number;
  readonly set: "training" | "test";
  /** WebP: the square thumbnails, row by row. */
  readonly sprite: Uint8Array;
}

export interface NextCommand {
  readonly command: string;
  /** The purpose of the command, as a phrase. */
  readonly why: string;
}
