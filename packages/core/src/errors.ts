import { withoutSecrets, withVisibleValues } from "@tssl/augment-zoo";

import { shownValue } from "./text/shown-value.ts";
import { withoutSecretsIn } from "./text/without-secrets.ts";

export { messageOf } from "@tssl/engine";

/** The description of an error code; `docs/errors.md` is generated from these. */
export interface ErrorDescription {
  readonly meaning: string;
  /** An example of a message with this code. */
  readonly example: string;
  readonly remedy: string;
  /** True where the user must change the command line or the config: exit code 2 instead of 1. */
  readonly refusesConfig?: boolean;
}

/** Every code of a `TsslError`. */
export const tsslErrors = {
  INVALID_CONFIG: {
    meaning:
      "A config file cannot be read, or contains invalid values. All invalid values are listed at once.",
    example:
      "config.yaml has 1 problem: plugins.moco.queuSize: unknown option. " +
      'Did you mean "queueSize"? Known: dim, head, …',
    remedy:
      "Correct the option at the path in the message. `tssl config explain` shows the meaning and the " +
      "allowed values of an option; `tssl config schema` writes a schema that lets editors check a config.",
    refusesConfig: true,
  },
  INVALID_OPTION: {
    meaning: "A value is valid by itself, but not together with other values or with the data.",
    example: "batchSize must be at most the 48 training images, got 64.",
    remedy: "Change the value as the message says. Where it can, the message suggests one.",
    refusesConfig: true,
  },
  INVALID_PLUGIN: {
    meaning:
      "A plugin cannot be loaded, does not fit the other plugins, or threw an error in one of its hooks.",
    example: "[spread] step failed: x is not a function",
    remedy:
      "Use exactly one plugin that trains an encoder, and add the plugins that the others need. In a " +
      "plugin of your own, correct the hook that the message names; TSSL_DEBUG=1 shows the stack.",
    refusesConfig: true,
  },
  INVALID_DATA: {
    meaning:
      "Images are missing or damaged: a folder, a list, a shard, or more files than data.maxCorruptShare " +
      "allows.",
    example: "./images must be a folder of images, but there is no such folder.",
    remedy:
      "Correct data.train or data.test; their paths are relative to the config's folder. Replace damaged " +
      "files (outcome.json lists them), or raise data.maxCorruptShare.",
  },
  SHAPE_MISMATCH: {
    meaning: "A function was given tensors whose shapes do not fit together.",
    example: "infoNce: keys must have shape [4, 8] (same as queries), got [4, 7].",
    remedy: "Correct the caller, which is a plugin or an encoder of your own.",
  },
  RUN_FOLDER: {
    meaning: "A folder is in use by another process, is not a run folder, or cannot be read or written.",
    example: "runs/a must be a new or empty folder, and it holds 3 entries. Choose another with --out.",
    remedy:
      "Choose another folder with --out, or continue the run in it with --resume. If another process " +
      "trains in the folder, wait for it or stop it.",
  },
  PROCESS_FAILED: {
    meaning:
      "Processes that train together did not find each other, or one has ended by an error of its own.",
    example:
      "1 other process of 3 came to node-a:29400 within 300 seconds. Start the others, and see that their " +
      "machines can reach the address.",
    remedy:
      "Correct what the message names. Each machine needs the config, the images and the same version of " +
      "tssl, and must reach the address of --rendezvous.",
  },
  PROCESS_LOST: {
    meaning:
      "One of the processes that train together is gone: it was killed, or its machine is not reached.",
    example: "process 2 (of node-b) is gone: its connection was closed. All processes must be started again.",
    remedy:
      "Start them again; the run goes on from its newest checkpoint with --resume. " +
      "`tssl train --processes 4` does so by itself, three times.",
  },
  FILE_DAMAGED: {
    meaning:
      "A file in the folder of a run or a comparison is truncated or was changed: it is not what tssl " +
      "wrote. The message names the file and the place in it. The file was left as it is.",
    example:
      "runs/a/run.json is damaged: history.seconds must be number, got null. Put back a whole copy of it; " +
      "nothing was changed.",
    remedy:
      "Put back a whole copy of the file. Without one, a run that has steps left goes on once a damaged " +
      "run.json, images.json or outcome.json is deleted: `tssl train --resume RUN` writes it anew. Where " +
      "metrics.jsonl has lost rows, it goes on with `--allow-change metrics`. Damaged features can be " +
      "deleted too; the page is then without their map.",
  },
  UNTRUSTED: {
    meaning:
      "A run folder names a module that you have not run on this machine, or a server for its images that " +
      "no config of yours has named. The folder may come from somebody else, whose code would run with " +
      "your rights.",
    example:
      "This would run code that you have not run on this machine before: runs/a/code/spread.mjs, made from " +
      "/home/ada/spread.ts. Read it, and add --trust if you trust who wrote it.",
    remedy:
      "Read the file. If you trust who wrote it, add --trust to the command. What a config of yours names " +
      "is known as soon as a command has read it, and asked for no more. SECURITY.md has the whole rule.",
    refusesConfig: true,
  },
  TRAINING_FAILED: {
    meaning:
      "A linear probe's loss is no longer a number, or ends above that of guessing; the loss of " +
      "fine-tuning is no longer a number; or a linear SVM does not come near its optimum.",
    example:
      "The linear probe's loss is not a number with learning rate 1e+39. " +
      "Try a smaller one, or several to choose from.",
    remedy: "Try smaller learning rates with --lr.",
  },
  NOT_FINITE: {
    meaning:
      "A training step produced NaN or infinite numbers, and the state after it was not saved; or an " +
      "encoder's features are such.",
    example:
      "Step 120 gave numbers that are not finite. Not finite: loss is NaN, clsa/ddm (plugin clsa) is NaN. " +
      "Finite: moco/infoNce (plugin moco) is 6.2. …",
    remedy:
      "`tssl replay RUN` repeats the step and shows the op that first gave such a number. A smaller " +
      "optimizer.lr, a warm-up (optimizer.warmupEpochs) or gradient clipping (optimizer.clipNorm) usually " +
      "helps: `tssl train --resume RUN --set optimizer.clipNorm=1` continues from the last good " +
      "checkpoint. In the first step no learning rate is to blame: look at the loss, at the values that " +
      "the run starts from, and at data.mean, data.deviation and data.range.",
  },
  CHECKPOINT: {
    meaning:
      "A checkpoint is missing, does not fit the run, or comes from another config, other images or " +
      "other versions.",
    example:
      "runs/a/checkpoints/step-0000120 belongs to another run: 1 thing has changed since. " +
      "- optimizer.lr was 0.06, is 0.1 …",
    remedy: "Undo the change, or allow it: with --set, or with --allow-change and the path in the message.",
  },
  CHECKPOINT_DAMAGED: {
    meaning: "A checkpoint is truncated or was changed: it does not match its checksum.",
    example: "runs/a/checkpoints/step-0000120.safetensors has 4096 bytes of 81920.",
    remedy:
      "--resume falls back to the previous whole checkpoint by itself. For an evaluation, choose another " +
      "checkpoint with --checkpoint.",
  },
  WEIGHTS: {
    meaning:
      "A file of weights that an encoder is to start from cannot be read, would run code, or holds another " +
      "encoder. Every value that is missing or has another shape is listed.",
    example:
      "resnet34.safetensors does not fit the encoder. It holds a resnet34 with stem: imagenet; the config " +
      "asks for resnet50 with stem: imagenet. - layer1.0.conv3.weight is missing …",
    remedy:
      "Set encoder.use and its options to the encoder that the file holds. Of a .pth file, the message has " +
      "the three lines of Python that make a safetensors file of it.",
    refusesConfig: true,
  },
  EXPORT: {
    meaning:
      "An artefact of `tssl export` cannot be made of this encoder, or does not compute what the run's " +
      "encoder computes. Nothing was written.",
    example:
      "onnx: the encoder uses TensorFlow's op Bincount, for which tssl knows no op of ONNX. Nothing was " +
      "written.",
    remedy:
      "Export to the formats that the message does not name. An encoder whose artefact differs from it is " +
      "a fault of tssl: please report it with the config.",
  },
  PUSH: {
    meaning:
      "The folder that an export with `--push` has written and proven could not be uploaded. The " +
      "repository is as it was: all files go up in one commit.",
    example:
      "encoder is written, and was not uploaded to me/encoder: the hub does not know the token in " +
      "HF_TOKEN. The repository has none of its files.",
    remedy:
      "Look at the network and at the token (HF_TOKEN), which must be allowed to write to the repository, " +
      "and upload the folder by the command in the message.",
  },
  SERVER: {
    meaning: "The page of a live run cannot be served.",
    example: "Port 6006 is in use. Choose another with --port, or 0 for a free one.",
    remedy: "Choose another port with --port; 0 takes a free one.",
  },
} as const satisfies Readonly<Record<string, ErrorDescription>>;

export type TsslErrorCode = keyof typeof tsslErrors;

/** The facts of an error as values: paths, names and numbers that its message mentions. */
export type ErrorData = Readonly<Record<string, unknown>>;

/**
 * Every error that tssl or a plugin throws on purpose. `code` and `data` are stable; the text may improve.
 * Addresses in it hold no secrets, and names from elsewhere no character that a terminal acts on.
 */
export class TsslError extends Error {
  override readonly name = "TsslError";
  readonly code: TsslErrorCode;
  readonly data?: ErrorData;
  constructor(
    code: TsslErrorCode,
    message: string,
    { data, ...options }: ErrorOptions & { readonly data?: ErrorData } = {},
  ) {
    super(withoutSecrets(withVisibleValues(message, data)), options);
    this.code = code;
    if (data !== undefined) this.data = withoutSecretsIn(data);
  }
}

const dims = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

/** "infoNce: keys must have shape [4, 8] (same as queries), got [4, 7]." */
export function shapeMismatch(
  where: string,
  what: string,
  expected: string,
  got: readonly number[],
): TsslError {
  const message = `${where}: ${what} must have shape ${expected}, got ${dims(got)}.`;
  return new TsslError("SHAPE_MISMATCH", message, { data: { where, what, expected, got } });
}

/**
 * "plugins.byol.queueSize must be 0 or at least 512, got 100. Try 512."
 *
 * @param path of the option as in `--set`: "batchSize", "plugins.byol.queueSize".
 */
export function invalidOption(path: string, rule: string, got: unknown, hint?: string): TsslError {
  const tail = hint === undefined ? "" : ` ${hint}`;
  const shown = typeof got === "number" ? String(got) : shownValue(got);
  return new TsslError("INVALID_OPTION", `${path} must be ${rule}, got ${shown}.${tail}`, {
    data: { path, got },
  });
}
