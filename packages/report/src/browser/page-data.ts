// What a page hands to its script: the only part of this folder that code outside the browser imports.

export type RunStatus = "running" | "finished" | "interrupted" | "failed";

/** The id of the element that holds the charts of a page: JSON of `readonly Chart[]`. */
export const CHART_DATA_ID = "chart-data";

/** How many colours the style sheet has for runs: classes `run-0`, `run-1`, … */
export const RUN_COLOURS = 8;

/** What the script needs to draw one chart. In JSON, so gaps are null. */
export interface Chart {
  readonly title: string;
  /** The values of a percent chart are 0…100. */
  readonly unit: "" | "%";
  readonly curves: readonly Curve[];
  readonly references: readonly ReferenceLevel[];
}

export interface Curve {
  /** The run's name; absent where the page shows one run. */
  readonly run?: string;
  /** The run's place among the runs of the page, from 0. */
  readonly place: number;
  readonly steps: readonly number[];
  readonly epochs: readonly number[];
  readonly values: readonly (number | null)[];
  /** A band around the values, from its lower edge to its upper one; absent for a curve without one. */
  readonly band?: { readonly low: readonly (number | null)[]; readonly high: readonly (number | null)[] };
  /** How many logged values a point is the mean of. */
  readonly perPoint: number;
}

/** A level to compare a curve with: `{ value: 7.0, label: "chance: log 1089" }`. */
export interface ReferenceLevel {
  readonly value: number;
  readonly label: string;
}

/** The id of the element that holds the feature maps of a page: JSON of `MapData`. */
export const MAP_DATA_ID = "map-data";

/** The id of the picture that holds the thumbnails of a page, row by row. */
export const SPRITE_ID = "map-sprite";

/** Features of some images in two dimensions, and where each image's thumbnail is in the sprite. */
export interface MapData {
  /** `positions`: x and y of each image in turn, 0…1000, y upwards. */
  readonly maps: readonly { readonly name: string; readonly positions: readonly number[] }[];
  /** Empty where there are no labels. */
  readonly classes: readonly string[];
  /** A class for each image. */
  readonly labels?: readonly number[];
  /** The side of a thumbnail, in pixels. */
  readonly tile: number;
  /** Thumbnails in a row of the sprite. */
  readonly columns: number;
}

/** The ids of the elements that hold an encoder, on its page: the model's JSON, and its weights in base64. */
export const MODEL_ID = "encoder-model";
export const WEIGHTS_ID = "encoder-weights";

/** The id of the element that holds what an image is compared with: JSON of `GalleryData`. */
export const GALLERY_DATA_ID = "gallery-data";
/** The id of the element of the gallery's features: float32 `[images, dim]` in base64, rows of length 1. */
export const GALLERY_FEATURES_ID = "gallery-features";

/** Images of a run that the page of its encoder compares others with. */
export interface GalleryData {
  /** The side of what the encoder sees, in pixels. */
  readonly imageSize: number;
  readonly dim: number;
  /** A name for each image. */
  readonly names: readonly string[];
  /** Empty where there are no labels. */
  readonly classes: readonly string[];
  /** A class for each image. */
  readonly labels?: readonly number[];
  /** The side of a thumbnail in the sprite, in pixels, and thumbnails in a row of it. */
  readonly tile: number;
  readonly columns: number;
}

/**
 * Where the server sends a `LiveUpdate` whenever the run has come further; counts from the page's address.
 */
export const EVENTS = "events";

/** What the live page shows next: markup and data as the page itself was made of. */
export interface LiveUpdate {
  readonly status: RunStatus;
  readonly summary: string;
  readonly health: string;
  readonly bottleneck: string;
  readonly run: string;
  readonly charts: readonly Chart[];
  readonly figures: string;
}
