// The sentences of errors CHECKPOINT and CHECKPOINT_DAMAGED.

import { messageOf, TsslError } from "../errors.ts";
import { count } from "../text/numbers.ts";
import { quoted } from "../text/quoted.ts";
import { shapeText } from "../text/shape-text.ts";
import { type NotFiniteCount, notFiniteText } from "./not-finite.ts";

/** @param broken values of the encoder, at least one. */
export function encoderNotFinite(
  checkpoint: string,
  broken: readonly (NotFiniteCount & { readonly name: string })[],
): TsslError {
  const [first, ...more] = broken;
  const others = more.length === 0 ? "" : `, and ${count(more.length)} more`;
  return new TsslError(
    "CHECKPOINT",
    `${checkpoint} holds an encoder whose numbers are not finite: ${first!.name} has ` +
      `${notFiniteText(first!)}${others}. Choose another with --checkpoint, or train again.`,
    { data: { checkpoint, broken } },
  );
}

export const notSafetensors = (source: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("CHECKPOINT", `${source} is not a valid safetensors file: ${reason}.`, {
    cause,
    data: { source, reason },
  });
};

/** Reasons why bytes are not a valid safetensors file. */
export const headerTooShort = (fileBytes: number): Error =>
  new Error(`it has ${fileBytes} bytes, and the length of its header takes 8`);

export const headerTooLarge = (headerBytes: bigint, most: number): Error =>
  new Error(`its header has ${headerBytes} bytes, more than the ${most} that are read`);

export const headerTruncated = (end: number, fileBytes: number): Error =>
  new Error(`its header ends at byte ${end}, and the file has ${fileBytes} bytes`);

export const headerNotText = (): Error => new Error("its header is not UTF-8");

export const headerWrong = (reason: string): Error => new Error(`in its header, ${reason}`);

export const keyTwice = (): Error => new Error("in its header, a name or a key stands twice");

export const arrayTruncated = (name: string, end: number, fileBytes: number): Error =>
  new Error(`"${name}" ends at byte ${end}, and the file has ${fileBytes} bytes`);

/** @param expected where the array before it ends, in bytes of the values. */
export const arrayMisplaced = (name: string, from: number, expected: number): Error =>
  new Error(`"${name}" begins at byte ${from} of the values, and must begin at ${expected}`);

export const arrayOfOtherSize = (name: string, found: number, wanted: number): Error =>
  new Error(`"${name}" has ${found} bytes, and its shape takes ${wanted}`);

export const bytesLeft = (end: number, fileBytes: number): Error =>
  new Error(`its values end at byte ${end}, and the file has ${fileBytes} bytes`);

export const arrayTypeUnknown = (name: string, dtype: string): Error =>
  new Error(`"${name}" has type ${dtype}, which cannot be read`);

/** @param asked "best" or the name of a checkpoint; undefined: the newest whole one. */
export const checkpointNotFound = (
  folder: string,
  asked: string | undefined,
  names: readonly string[],
): TsslError => {
  const wanted = asked === undefined ? "undamaged checkpoint" : `checkpoint "${asked}"`;
  const known = names.length === 0 ? "It has no checkpoints" : `It has ${names.join(", ")}`;
  return new TsslError("CHECKPOINT", `${folder} has no ${wanted}. ${known}.`, {
    data: { folder, ...(asked === undefined ? {} : { asked }), names },
  });
};

export const otherFormat = (file: string, format: unknown, own: number): TsslError =>
  new TsslError(
    "CHECKPOINT",
    `${file} has format ${quoted(format)}, and this version of tssl reads format ${own}. ` +
      `Use the version that wrote it.`,
    { data: { file, format, own } },
  );

export const checkpointMissing = (file: string, code: "CHECKPOINT" | "CHECKPOINT_DAMAGED"): TsslError =>
  new TsslError(code, `${file} is missing.`, { data: { file } });

/** One that the system does not give is not taken for damaged: it may be whole. */
export const checkpointUnreadable = (file: string, cause: unknown): TsslError => {
  const reason = messageOf(cause);
  return new TsslError("CHECKPOINT", `${file} cannot be read: ${reason}.`, { cause, data: { file, reason } });
};

/** One that is whole JSON. @param reason what this version cannot read in it, with the place. */
export const checkpointUnknown = (file: string, reason: string): TsslError =>
  new TsslError(
    "CHECKPOINT",
    `${file} is not what this version of tssl saves: ${reason}. Use the version that wrote it; or delete ` +
      "it, to go on from the checkpoint before it.",
    { data: { file, reason } },
  );

export const stateNotSavable = (name: string): TsslError =>
  new TsslError("CHECKPOINT", `State "${name}" must be float32 or int32 to be saved.`, { data: { name } });

/** A value of the run that a checkpoint lacks or has in another shape or type. */
export interface Misfit {
  readonly name: string;
  /** The shape in the checkpoint; absent where it has no such value. */
  readonly saved?: readonly number[];
  readonly wanted: readonly number[];
  /** Its type in the checkpoint and in the run, where they differ. */
  readonly types?: { readonly saved: string; readonly wanted: string };
}

export function checkpointDoesNotFit(source: string, misfits: readonly Misfit[]): TsslError {
  const lines = misfits.map(({ name, saved, wanted, types }) =>
    saved === undefined
      ? `  - ${name} is missing`
      : types !== undefined
        ? `  - ${name} is ${types.saved}, the run needs ${types.wanted}`
        : `  - ${name} has shape ${shapeText(saved)}, the run needs ${shapeText(wanted)}`,
  );
  return new TsslError("CHECKPOINT", `${source} does not fit this run:\n${lines.join("\n")}`, {
    data: { source, misfits },
  });
}

/** A value that differs, and how: "was 0.06, is 0.03", "1 file added (a.jpg)". */
export interface Change {
  readonly path: string;
  readonly text: string;
}

/** "optimizer.lr was 0.06, is 0.03", "images.train: 1 file added (a.jpg)" */
export const changeText = ({ path, text }: Change): string =>
  `${path}${text.startsWith("was ") ? "" : ":"} ${text}`;

export function anotherRun(file: string, changes: readonly Change[]): TsslError {
  const [have, them] =
    changes.length === 1 ? ["1 thing has", "it"] : [`${changes.length} things have`, "them"];
  const lines = changes.map((change) => `  - ${changeText(change)}`);
  const flags = changes.map(({ path }) => `--allow-change ${path}`);
  return new TsslError(
    "CHECKPOINT",
    `${file} belongs to another run: ${have} changed since.\n${lines.join("\n")}\n` +
      `Undo ${them}, or allow ${them}: ${flags.join(" ")}`,
    { data: { file, changes } },
  );
}

/** @param stepsPerEpoch with the changes. */
export function noStepLeft(
  folder: string,
  { steps, totalSteps, stepsPerEpoch }: StepsOfRun,
  changes: readonly Change[],
): TsslError {
  const epochs = Math.floor(steps / stepsPerEpoch) + 1;
  const lines = changes.map((change) => `  - ${changeText(change)}`);
  return new TsslError(
    "CHECKPOINT",
    `${folder} has taken ${count(steps)} of ${count(totalSteps)} steps: none is left to be trained with\n` +
      `${lines.join("\n")}\n` +
      `Nothing was changed. To train on, set epochs to ${epochs} or more; otherwise start a new run.`,
    { data: { folder, steps, totalSteps, epochs, changes } },
  );
}

/** How far a run is. */
interface StepsOfRun {
  readonly steps: number;
  readonly totalSteps: number;
  readonly stepsPerEpoch: number;
}

export const checkpointTruncated = (file: string, found: number, written: number): TsslError =>
  new TsslError("CHECKPOINT_DAMAGED", `${file} has ${found} bytes of ${written}.`, {
    data: { file, found, written },
  });

export const checkpointAltered = (file: string): TsslError =>
  new TsslError("CHECKPOINT_DAMAGED", `${file} has changed since it was written: its checksum differs.`, {
    data: { file },
  });

/** @param reason what is wrong with its JSON, with the place. */
export const checkpointInvalid = (file: string, reason: string): TsslError =>
  new TsslError("CHECKPOINT_DAMAGED", `${file} is not a valid checkpoint: ${reason}.`, {
    data: { file, reason },
  });

/** @param names of the checkpoints that a run has, newest first; none of them is whole. */
export const noWholeCheckpoint = (folder: string, names: readonly string[]): TsslError =>
  new TsslError(
    "CHECKPOINT_DAMAGED",
    `${folder} has no checkpoint that is whole: ${names.join(", ")} ${names.length === 1 ? "is" : "are"} ` +
      "damaged. Put back a whole copy of one, or start a new run in another folder. Nothing was changed.",
    { data: { folder, names } },
  );
