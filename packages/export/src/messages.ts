/** Every sentence of this package: errors, then what an export tells. */

import { counted } from "@tssl/core/internal";
import { TsslError } from "@tssl/core/run";
import { type HeldLock, messageOf } from "@tssl/engine";

// EXPORT

const NOTHING_WRITTEN = "Nothing was written.";

const refused = (text: string, data: Readonly<Record<string, unknown>> = {}, cause?: unknown): TsslError =>
  new TsslError("EXPORT", `${text} ${NOTHING_WRITTEN}`, { data, ...(cause === undefined ? {} : { cause }) });

export const batchChangesGraph = (): TsslError =>
  refused("The encoder uses other ops for another size of a batch, so there is no graph for all sizes.");

/** @param node of the recording. */
export const batchInConstant = (node: string): TsslError =>
  refused(
    `The encoder makes a constant that depends on the size of a batch (${node}), so there is no graph for ` +
      "all sizes. Let the shape follow from a tensor: tf.reshape with -1.",
    { node },
  );

/** @param format the artefact's: "onnx". @param why in the words of a sentence: "the encoder uses …". */
export const notExportable = (format: string, why: string): TsslError =>
  refused(`${format}: ${why}.`, { format, why });

/** Reasons why a format cannot hold an encoder. */
export const floatsTaken =
  "the encoder takes images of float32 (data.depth 32), and this format is written for bytes; take " +
  "safetensors";
export const coloursAlone = (channels: number): string =>
  `it takes red, green and blue, and the run has data.channels: ${channels}; take safetensors`;
export const pageNeedsSquares = ([height, width]: readonly number[]): string =>
  `it cuts squares out of the images that are dropped on it, and the run has imageSize: [${height}, ${width}]; ` +
  "take onnx or tfjs";
export const opUnknown = (op: string): string =>
  `the encoder uses TensorFlow's op ${op}, for which tssl knows no op of ONNX`;
export const opFormUnknown = (op: string, what: string): string =>
  `the encoder uses TensorFlow's op ${op} with ${what}, for which tssl knows no op of ONNX`;
export const representationOfPlugin = (plugin: string): string =>
  `the run is evaluated by the representation of its plugin ${plugin}, which is more than the encoder's ` +
  "weights. ONNX, TensorFlow.js and the page hold all of it: --to onnx,tfjs,page";
export const notInDetectron2 = (encoder: string): string =>
  `detectron2 has ResNets with stem: imagenet alone, and the run's encoder is ${encoder}`;

export const neverFloat16 = "its weights are always float32. Leave out --float16, or export it on its own";

export const pageMissing = "it needs a page to be written into, the option page of exportEncoder";

export const artefactNotRun = (format: string, cause: unknown): TsslError =>
  refused(
    `${format}: the artefact cannot be run: ${withoutStop(messageOf(cause).split("\n")[0]!)}.`,
    { format },
    cause,
  );

export const artefactDiffers = (
  format: string,
  difference: number,
  limit: number,
  images: number,
): TsslError =>
  refused(
    `${format}: the artefact's features of ${counted(images, "image")} differ from those of the run's ` +
      `encoder by ${scientific(difference)}, and ${scientific(limit)} is allowed.`,
    { format, difference, limit, images },
  );

/** @param result the file of features. */
export function embeddingsInUse(result: string, { owner, isUnseen }: HeldLock, lock: string): TsslError {
  const machine = owner?.host === undefined ? "" : ` on ${owner.host}`;
  const who = owner === undefined ? "another process" : `process ${owner.pid}${machine}`;
  const unseen = isUnseen ? `; if it no longer runs, delete ${lock}` : "";
  return refused(`${result} is being computed by ${who}. Wait for it, or choose another --out${unseen}.`, {
    result,
    ...owner,
    lock,
  });
}

const scientific = (value: number): string => value.toExponential(1);

// PUSH

interface PushFailure {
  /** Of the hub's answer; undefined where there was none. */
  readonly status: number | undefined;
  readonly hub: string;
  readonly token: string;
  readonly cause: unknown;
}

/** Characters of a hub's own words that are shown. */
const LONGEST_ANSWER = 300;

/** The reason why an answer was not read. */
export const answerTooLong = (): Error => new Error("the hub's answer does not end");

/** @param folder that is written already. */
export const notPushed = (folder: string, repository: string, failure: PushFailure): TsslError =>
  new TsslError(
    "PUSH",
    `${folder} is written, and was not uploaded to ${repository}: ${refusalOf(failure)}. The ` +
      `repository has none of its files. Upload it later with: hf upload ${repository} ${folder}`,
    { data: { folder, repository, status: failure.status }, cause: failure.cause },
  );

function refusalOf({ status, hub, token, cause }: PushFailure): string {
  const said = withoutStop(
    messageOf(cause)
      .split("\n")[0]!
      .replace(/\. URL: .*$/, "")
      .replaceAll(token, "<token>") // a hub may repeat what it was sent
      .slice(0, LONGEST_ANSWER),
  );
  if (status === 401) return "the hub does not know the token in HF_TOKEN";
  if (status === 403) return `the token in HF_TOKEN may not write there (${said})`;
  if (status !== undefined) return `the hub answered with status ${status} (${said})`;
  return said === "fetch failed" ? `${hub} cannot be reached (${networkFault(cause)})` : said;
}

/** "ECONNREFUSED" */
const networkFault = (cause: unknown): string => {
  const { code } = ((cause as Error).cause ?? {}) as { readonly code?: unknown };
  return typeof code === "string" ? code : "no network";
};

const withoutStop = (text: string): string => text.replace(/\.$/, "");
