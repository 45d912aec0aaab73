// The sentences of errors WEIGHTS, and of the weights that a run starts from.

import { messageOf, TsslError } from "../errors.ts";
import { isMissing } from "../files/is-missing.ts";
import { counted } from "../text/numbers.ts";
import { shapeText } from "../text/shape-text.ts";
import { someOf } from "../text/some-of.ts";
import type { Misfit } from "./checkpoint.ts";

export const weightsUnreadable = (file: string, cause: unknown): TsslError => {
  const reason = isMissing(cause) ? "there is no such file" : messageOf(cause);
  return new TsslError("WEIGHTS", `The weights ${file} cannot be read: ${reason}.`, {
    cause,
    data: { file, reason },
  });
};

/** @param format "safetensors file" or "ONNX model". */
export const weightsInvalid = (file: string, format: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("WEIGHTS", `${file} is not a valid ${format}: ${reason}. Copy it again.`, {
    cause,
    data: { file, format, reason },
  });
};

/** Reasons why bytes are not a valid ONNX model. */
export const onnxTruncated = (cause: unknown): Error =>
  new Error(`its protocol buffers end too early or are none (${messageOf(cause)})`, { cause });

export const onnxWithoutGraph = (): Error => new Error("it has no graph");

export const onnxNameTwice = (name: string): Error =>
  new Error(`the initializer ${JSON.stringify(name)} stands twice`);

export const onnxArrayOfOtherSize = (name: string, found: number, wanted: number): Error =>
  new Error(`the initializer ${JSON.stringify(name)} has ${found} bytes, and its shape takes ${wanted}`);

/** @param name of the first array that is not in the file. */
export const weightsElsewhere = (file: string, name: string): TsslError => {
  const python = JSON.stringify(file);
  return new TsslError(
    "WEIGHTS",
    `${file} has its weights in another file (${name} is the first). Save it in one, in Python:\n` +
      `  import onnx\n  onnx.save(onnx.load(${python}), ${python})`,
    { data: { file, name } },
  );
};

/**
 * The lines make a safetensors file of whatever PyTorch saved: a state dict, or a checkpoint that holds one.
 */
export const weightsAreCode = (file: string): TsslError => {
  const to = `${file.replace(/(\.pth)?\.[^./]*$/, "")}.safetensors`;
  return new TsslError(
    "WEIGHTS",
    `${file} is a pickle, which can run code when it is read. Convert it to safetensors once, in Python:\n` +
      "  import torch, safetensors.torch as st\n" +
      `  saved = torch.load(${JSON.stringify(file)}, map_location="cpu", weights_only=True)\n` +
      '  st.save_file({k: v.clone() for k, v in saved.get("state_dict", saved.get("model", saved)).items() ' +
      `if torch.is_tensor(v)}, ${JSON.stringify(to)})`,
    { data: { file, to } },
  );
};

/** What is known of a file whose weights do not fit. */
export interface UnfitWeights {
  /** "resnet34 with stem: imagenet"; absent where it is no ResNet that is known. */
  readonly found: string | undefined;
  readonly wanted: string | undefined;
  /** All names of the file. */
  readonly names: readonly string[];
  /** True where not one name was recognised. */
  readonly none: boolean;
  /** True where the file is an ONNX model. */
  readonly onnx: boolean;
}

export function weightsDoNotFit(
  file: string,
  misfits: readonly Misfit[],
  { found, wanted, names, none, onnx }: UnfitWeights,
): TsslError {
  const remedy = onnx && misfits.some(({ saved }) => saved === undefined) ? `\n${UNFOLDED}` : "";
  const data = { file, misfits, found, wanted };
  const encoder = wanted ?? "the run's encoder";
  if (none) {
    return new TsslError(
      "WEIGHTS",
      `${file} holds no weights of ${encoder}: none of its ${counted(names.length, "name")} is known ` +
        `(${someOf(names)}), and ${misfits[0]!.name} is what the encoder begins with.${remedy}`,
      { data },
    );
  }
  const other =
    found === undefined || found === wanted ? "" : ` It holds a ${found}; the config asks for ${encoder}.`;
  const lines = misfits.map(({ name, saved, wanted }) =>
    saved === undefined
      ? `  - ${name} is missing`
      : `  - ${name} has shape ${shapeText(saved)}, the encoder needs ${shapeText(wanted)}`,
  );
  const text = `${file} does not fit the encoder.${other}\n${lines.join("\n")}${remedy}`;
  return new TsslError("WEIGHTS", text, { data });
}

/** What helps where an ONNX model lacks weights. */
const UNFOLDED =
  "An exporter of ONNX may make each batch norm part of a convolution, which cannot be undone. PyTorch's " +
  "leaves them as they are with dynamo=False, do_constant_folding=False and " +
  "training=torch.onnx.TrainingMode.PRESERVE.";

/** @param prefix of a network's names in the file. @param leftOver names that no parameter took. */
/** How an encoder's first filters were made to fit other channels. */
export const filtersAdapted = (name: string, from: number, to: number): string =>
  to === 1
    ? ` Its ${name} is for ${from} channels: they are summed into one.`
    : ` Its ${name} is for ${from} channels: they are repeated over ${to}, times ${from} / ${to}.`;

export function weightsLoaded(loaded: {
  readonly file: string;
  readonly naming: string;
  readonly prefix: string;
  readonly taken: number;
  readonly leftOver: readonly string[];
  readonly resized?: { readonly from: readonly number[]; readonly to: readonly number[] };
  readonly adapted?: { readonly name: string; readonly from: number; readonly to: number };
}): string {
  const { file, naming, prefix, taken, leftOver, resized, adapted } = loaded;
  const before = prefix === "" ? "" : `, after "${prefix}"`;
  const grids =
    resized === undefined
      ? ""
      : `Position embeddings of ${resized.from.join(" x ")} patches were interpolated bicubically to ` +
        `${resized.to.join(" x ")}. `;
  const rest =
    leftOver.length === 0
      ? "Nothing of the file is left over."
      : `Not used, because the encoder has no such parameter: ${leftOver.join(", ")}.`;
  return (
    `The encoder starts from ${file}: ${counted(taken, "array")} by the names of ${naming}${before}. ` +
    grids +
    rest +
    (adapted === undefined ? "" : filtersAdapted(adapted.name, adapted.from, adapted.to)) +
    ' What is called "untrained" are these weights before the first step.'
  );
}

export const weightsChanged = (file: string): TsslError =>
  new TsslError(
    "WEIGHTS",
    `${file} is no longer the file that the run started from. Put that one back, or leave out the ` +
      "untrained encoder with --no-baseline.",
    { data: { file } },
  );
