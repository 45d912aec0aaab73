/** What an error code stands for; `docs/errors.md` is made of these. */
export interface ErrorDescription {
  readonly meaning: string;
  /** A message as it may read; the path, the numbers and the names are those of the case. */
  readonly example: string;
  readonly remedy: string;
  /** True where the command line or the config must be changed: exit code 2 instead of 1. */
  readonly refusesConfig?: boolean;
}

/** Every code of a `TsslError`. */
export const tsslErrors = {
  INVALID_CONFIG: {
    meaning:
      "A config file cannot be read, or says what cannot be. All problems of its values are listed at once.",
    example:
      'config.yaml has 1 problem: plugins[0].queuSize: unknown option. Did you mean "queueSize"? Known: dim, head, …',
    remedy:
      "Change what is named at the path that is named. `tssl config explain` says what an option means and may be; editors check a config by `tssl config schema`.",
    refusesConfig: true,
  },
  INVALID_OPTION: {
    meaning: "A value is right by itself, and does not go with other values or with the data.",
    example: "batchSize must be at most the 48 training images, got 64.",
    remedy: "Change the value as the message says; where it can, it names one that fits.",
    refusesConfig: true,
  },
  INVALID_PLUGIN: {
    meaning:
      "A plugin cannot be loaded, does not go with the others, or throws in one of its hooks, which is named.",
    example: "[spread] step failed: x is not a function",
    remedy:
      "Add or remove plugins so that exactly one trains an encoder and each finds what it needs. For a plugin of your own: the hook that is named; TSSL_DEBUG=1 shows the stack.",
    refusesConfig: true,
  },
  INVALID_DATA: {
    meaning:
      "Images are missing or damaged: a folder, a list, a shard, or more files than data.maxCorruptShare allows.",
    example: "./images must be a folder of images, but there is no such folder.",
    remedy:
      "Correct data.train or data.test, which count from the config's folder. Replace damaged files, or raise data.maxCorruptShare; `outcome.json` lists those that were met.",
  },
  SHAPE_MISMATCH: {
    meaning: "A function was given tensors whose shapes do not go together.",
    example: "infoNce: keys must have shape [4, 8] (same as queries), got [4, 7].",
    remedy: "Correct the caller, which is a plugin or an encoder of your own.",
  },
  RUN_FOLDER: {
    meaning: "A run folder is in use, is none, or cannot be written.",
    example: "runs/a must be a new or empty folder, and it holds 3 entries. Choose another with --out.",
    remedy:
      "Choose another folder with --out, or go on with the run with --resume. Wait for a process that trains in it, or stop it.",
  },
  TRAINING_FAILED: {
    meaning: "A linear probe's loss is no longer a number.",
    example:
      "The linear probe's loss is not a number with learning rate 1e+39. Try a smaller one, or several to choose from.",
    remedy: "Give smaller learning rates with --lr.",
  },
  NOT_FINITE: {
    meaning: "A training step gave NaN or infinite numbers. Nothing of the state after it was saved.",
    example:
      "Step 120 gave numbers that are not finite. Not finite: loss is NaN, clsa/ddm (plugin clsa) is NaN. Finite: moco/infoNce (plugin moco) is 6.2. …",
    remedy:
      "`tssl replay RUN` takes the step again and shows the op where it begins. A smaller optimizer.lr, optimizer.warmupEpochs or optimizer.clipNorm usually helps: `tssl train --resume RUN --set optimizer.clipNorm=1` goes on from the last good checkpoint.",
  },
  CHECKPOINT: {
    meaning:
      "A checkpoint is missing, does not fit the run, or comes from another config, other images or other versions.",
    example:
      "runs/a/checkpoints/step-0000120 belongs to another run: 1 thing has changed since. - optimizer.lr: 0.06 → 0.1 …",
    remedy: "Undo the change, or say that it is meant: --set, or --allow-change with the path that is named.",
  },
  CHECKPOINT_DAMAGED: {
    meaning: "A checkpoint is cut short or altered: it does not agree with its checksum.",
    example: "runs/a/checkpoints/step-0000120.safetensors has 4096 bytes of 81920.",
    remedy:
      "--resume goes back to the checkpoint before by itself. For an evaluation name another with --checkpoint.",
  },
  SERVER: {
    meaning: "The page of a live run cannot be served.",
    example: "Port 6006 is in use. Choose another with --port, or 0 for a free one.",
    remedy: "Choose another port with --port; 0 takes a free one.",
  },
} as const satisfies Readonly<Record<string, ErrorDescription>>;

export type TsslErrorCode = keyof typeof tsslErrors;

/** Every error that tssl or a plugin throws on purpose. `code` is stable; the text may improve. */
export class TsslError extends Error {
  override readonly name = "TsslError";
  readonly code: TsslErrorCode;
  constructor(code: TsslErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
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
  return new TsslError("SHAPE_MISMATCH", `${where}: ${what} must have shape ${expected}, got ${dims(got)}.`);
}

/** "plugins[0].queueSize must be at least batchSize (256), got 100. Try 256." */
export function invalidOption(path: string, rule: string, got: unknown, hint?: string): TsslError {
  const tail = hint === undefined ? "" : ` ${hint}`;
  const shown = typeof got === "number" ? String(got) : JSON.stringify(got); // JSON has no NaN
  return new TsslError("INVALID_OPTION", `${path} must be ${rule}, got ${shown}.${tail}`);
}

/** What a thrown value says, without its stack. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
