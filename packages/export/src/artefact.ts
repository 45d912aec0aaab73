import type { EncoderToExport } from "./encoder-to-export.ts";

/** Images that an artefact is proven by: `[N, size, size, 3]` bytes, as the run's evaluation sees them. */
export interface ProofImages {
  readonly values: Uint8Array;
  readonly count: number;
  readonly size: number;
}

/** What an encoder is exported to. */
export interface Artefact {
  readonly name: ArtefactName;
  /** What runs it for the proof: "onnxruntime-web". */
  readonly provenBy: string;
  /** @throws {TsslError} EXPORT where it cannot hold this encoder. */
  files(encoder: EncoderToExport, options: ExportOptions): Readonly<Record<string, Uint8Array>>;
  /** Features of the images, by the files in a folder alone. */
  features(folder: string, images: ProofImages, encoder: EncoderToExport): Promise<Float32Array>;
}

/** The names after `--to`. */
export type ArtefactName = "safetensors" | "onnx" | "tfjs" | "detectron2";

export interface ExportOptions {
  /** Whether each batch norm becomes part of the convolution before it, in onnx. */
  readonly foldBatchNorm: boolean;
}
