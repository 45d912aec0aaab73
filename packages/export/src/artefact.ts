import type { PixelValues } from "@tssl/core/internal";

import type { EncoderToExport } from "./encoder-to-export.ts";

/** Images that an artefact is proven by, `[N, height, width, channels]`, as evaluation sees them. */
export interface ProofImages {
  /** Bytes, or float32 of depth 32. */
  readonly values: PixelValues;
  readonly count: number;
  /** Of one image: `[height, width, channels]`. */
  readonly shape: readonly number[];
}

/** Some images that go through a network at once. */
export interface ImageBatch {
  readonly values: PixelValues;
  /** `[N, height, width, channels]`. */
  readonly shape: readonly number[];
}

/** What an encoder is exported to. */
export interface Artefact {
  readonly name: ArtefactName;
  /** What runs it for the proof: "onnxruntime-web". */
  readonly provenBy: string;
  /** @throws {TsslError} EXPORT where it cannot hold this encoder. */
  files(encoder: EncoderToExport, options: ExportOptions): Readonly<Record<string, Uint8Array>>;
  /** Features of the images, by the files in a folder alone. */
  features(
    folder: string,
    images: ProofImages,
    encoder: EncoderToExport,
    options: ExportOptions,
  ): Promise<Float32Array>;
  /** Whether its matrices and filters are stored as float16: where the export asks for it, always, or never. */
  readonly float16: "on request" | "always" | "never";
}

/** The names after `--to`. */
export type ArtefactName = "safetensors" | "onnx" | "tfjs" | "detectron2" | "page";

export interface ExportOptions {
  /** Whether each batch norm becomes part of the convolution before it, in onnx. */
  readonly foldBatchNorm: boolean;
  /** Whether matrices and filters are stored as float16, in safetensors, onnx and tfjs. */
  readonly float16: boolean;
  /** Makes the page that `page` writes; without it there is none. */
  readonly page?: EncoderPage;
}

/** A GraphModel of TensorFlow.js: its description in JSON, without the weights, and the weights. */
export interface EmbeddedModel {
  readonly json: string;
  readonly weights: Uint8Array;
}

/** A page that carries an encoder: it writes a model into itself, and takes it out again. */
export interface EncoderPage {
  write(model: EmbeddedModel): string;
  read(page: string): EmbeddedModel;
}
