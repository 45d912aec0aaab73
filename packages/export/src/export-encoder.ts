import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";

import { requireEmptyFolder } from "@tssl/core/internal";

import { type Artefact, type ArtefactName, type ExportOptions, type ProofImages } from "./artefact.ts";
import { detectron2Artefact } from "./detectron2-artefact.ts";
import type { EncoderToExport } from "./encoder-to-export.ts";
import { featuresOf } from "./features-of.ts";
import { artefactDiffers, artefactNotRun, neverFloat16, notExportable } from "./messages.ts";
import { onnxArtefact } from "./onnx-artefact.ts";
import { pageArtefact } from "./page-artefact.ts";
import { safetensorsArtefact } from "./safetensors-artefact.ts";
import { tfjsArtefact } from "./tfjs-artefact.ts";

const ARTEFACTS: Readonly<Record<ArtefactName, Artefact>> = {
  safetensors: safetensorsArtefact,
  onnx: onnxArtefact,
  tfjs: tfjsArtefact,
  detectron2: detectron2Artefact,
  page: pageArtefact,
};

export const artefactNames = Object.keys(ARTEFACTS) as readonly ArtefactName[];

/** An artefact that computes what the run's encoder computes. */
export interface ProvenArtefact {
  readonly name: ArtefactName;
  readonly provenBy: string;
  /** Its files, by their paths in the folder, with their sizes in bytes. */
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  /**
   * The largest difference of a feature, over all images; relative to the largest feature where that is
   * above 1.
   */
  readonly difference: number;
  /** What matrices and filters are stored as. */
  readonly weights: StoredAs;
}

type StoredAs = "float32" | "float16";

export interface ExportRequest extends ExportOptions {
  readonly to: readonly ArtefactName[];
  /** A new or empty folder. */
  readonly out: string;
  readonly images: ProofImages;
  /** Writes the model card, once all artefacts are proven. */
  readonly card: (artefacts: readonly ProvenArtefact[]) => string;
  readonly onProven?: (artefact: ProvenArtefact) => void;
}

/** The largest difference that is allowed, by what matrices and filters are stored as. */
export const LIMITS: Readonly<Record<StoredAs, number>> = { float32: 1e-4, float16: 1e-2 };

/**
 * Writes an encoder in other formats, and runs the same images through the encoder and through what was
 * written. The encoder is freed then. The folder appears once every artefact is proven, whole; until then
 * all lies in a folder beside it.
 *
 * @throws {TsslError} EXPORT where an artefact cannot be made, or differs by more than 1e-4, with weights in
 * float16 by more than 1e-2; RUN_FOLDER where the folder is not empty. Nothing is left behind then.
 */
export async function exportEncoder(
  encoder: EncoderToExport,
  { to, out, images, card, onProven = () => {}, ...options }: ExportRequest,
): Promise<readonly ProvenArtefact[]> {
  await requireEmptyFolder(out, "--out");
  const wide = to.find((name) => ARTEFACTS[name].float16 === "never");
  if (options.float16 && wide !== undefined) throw notExportable(wide, neverFloat16);
  const unfinished = `${path.resolve(out)}.${process.pid}.part`;
  try {
    await mkdir(unfinished, { recursive: true });
    const written: Written[] = [];
    for (const name of to) written.push(await write(unfinished, ARTEFACTS[name], encoder, options));
    const expected = await featuresOf(encoder.made, images);
    const proven: ProvenArtefact[] = [];
    for (const { artefact, files } of written) {
      const difference = await prove(unfinished, artefact, { encoder, images, expected, options });
      const { name, provenBy } = artefact;
      proven.push({ name, provenBy, files, difference, weights: storedAs(artefact, options) });
      onProven(proven.at(-1)!);
    }
    await writeFile(path.join(unfinished, "README.md"), card(proven), { flush: true });
    await rename(unfinished, path.resolve(out)); // an empty folder is replaced
    return proven;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

interface Written {
  readonly artefact: Artefact;
  readonly files: ProvenArtefact["files"];
}

async function write(
  folder: string,
  artefact: Artefact,
  encoder: EncoderToExport,
  options: ExportOptions,
): Promise<Written> {
  const files = Object.entries(artefact.files(encoder, options));
  for (const [name, bytes] of files) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), bytes, { flush: true });
  }
  return { artefact, files: files.map(([name, bytes]) => ({ path: name, bytes: bytes.length })) };
}

interface Proof {
  readonly encoder: EncoderToExport;
  readonly images: ProofImages;
  /** Features by the run's encoder. */
  readonly expected: Float32Array;
  readonly options: ExportOptions;
}

/** @returns the largest difference. */
async function prove(
  folder: string,
  artefact: Artefact,
  { encoder, images, expected, options }: Proof,
): Promise<number> {
  const features = await artefact.features(folder, images, encoder, options).catch((error: unknown) => {
    throw artefactNotRun(artefact.name, error);
  });
  const difference = largestDifference(features, expected);
  const { name } = artefact;
  const limit = LIMITS[storedAs(artefact, options)];
  // Written so that a difference that is no number is refused as well.
  if (!(difference <= limit)) throw artefactDiffers(name, difference, limit, images.count);
  return difference;
}

const storedAs = ({ float16 }: Artefact, options: ExportOptions): StoredAs =>
  float16 === "always" || (float16 === "on request" && options.float16) ? "float16" : "float32";

/** Relative to the largest feature where that is above 1: float32 has seven digits, whatever the scale. */
export function largestDifference(features: Float32Array, expected: Float32Array): number {
  if (features.length !== expected.length) return NaN;
  let [difference, largest] = [0, 1];
  expected.forEach((value, i) => {
    const here = Math.abs(features[i]! - value);
    if (!(here <= difference) && !Number.isNaN(difference)) difference = here; // once NaN, always NaN
    largest = Math.max(largest, Math.abs(value));
  });
  return difference / largest;
}
