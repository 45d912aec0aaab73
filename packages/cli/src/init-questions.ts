import { createInterface } from "node:readline/promises";

import { decodeImage, type ImageFile, readFilePart } from "@tssl/augment-zoo";
import { didYouMean } from "@tssl/core/internal";
import { type ImageSet, readImages, TsslError } from "@tssl/core/run";

import { imagesMissing, questionsCancelled, unknownEncoder } from "./messages/init.ts";
import {
  encoderForCpu,
  encodersFor,
  type InitAnswers,
  type InitEncoder,
  type InitKind,
  initKinds,
  type InitMethod,
  initMethods,
  nameFor,
  presetFor,
  presetValues,
} from "./init-config.ts";

/** Asks a question. An empty answer means the default, if there is one. */
export type Ask = (question: string, byDefault?: string) => Promise<string>;

/** Answers that are given on the command line. */
export interface Given {
  readonly images?: string;
  readonly kind?: InitKind;
  readonly method?: InitMethod;
  readonly epochs?: number;
  readonly encoder?: string;
  readonly name?: string;
}

/**
 * Smallest side of photos, in pixels: the first layers of an ImageNet ResNet reduce smaller images too much.
 */
const SMALLEST_PHOTO = 96;

/**
 * Asks the questions whose answers are not given. A question with an invalid answer is asked again.
 *
 * @param tell shows why an answer is invalid.
 */
export async function askForRun(ask: Ask, given: Given, tell: (text: string) => void): Promise<InitAnswers> {
  const { root, files } = await askForImages(ask, given.images, tell);
  const kind =
    given.kind ?? (await askForOne(ask, "Kind of images", initKinds, await kindOf(files[0]!), tell));
  const method = given.method ?? (await askForOne(ask, "Method", initMethods, "moco+clsa", tell));
  const preset = await presetValues(presetFor({ kind, method }));
  const encoder = await askForEncoder(ask, given.encoder, kind, preset.encoder.use as InitEncoder, tell);
  const epochs = given.epochs ?? (await askForCount(ask, "Epochs", preset.epochs, tell));
  const name = given.name ?? (await ask("Name of the run", nameFor(root, method)));
  return { images: { folder: root, count: files.length }, kind, method, encoder, epochs, name };
}

async function askForEncoder(
  ask: Ask,
  given: string | undefined,
  kind: InitKind,
  usual: InitEncoder,
  tell: (text: string) => void,
): Promise<InitEncoder> {
  const known = encodersFor(kind);
  if (given === undefined) {
    return askForOne(ask, `Encoder; without a GPU take ${encoderForCpu(kind)}`, known, usual, tell);
  }
  const encoder = known.find((each) => each === given.toLowerCase());
  if (encoder === undefined) throw unknownEncoder(given, kind, known);
  return encoder;
}

async function askForImages(
  ask: Ask,
  given: string | undefined,
  tell: (text: string) => void,
): Promise<ImageSet> {
  if (given !== undefined) return readImages(given, tell);
  for (;;) {
    const answer = await ask("Folder of images to train on");
    if (answer === "") continue;
    try {
      return await readImages(answer, tell);
    } catch (error) {
      if (!(error instanceof TsslError)) throw error;
      tell(error.message);
    }
  }
}

/** The kind of all images, guessed from one of them. */
async function kindOf(file: ImageFile): Promise<InitKind> {
  const { width, height } = await decodeImage(typeof file === "string" ? file : await readFilePart(file));
  return Math.min(width, height) < SMALLEST_PHOTO ? "small" : "photos";
}

async function askForOne<Choice extends string>(
  ask: Ask,
  question: string,
  choices: readonly Choice[],
  byDefault: Choice,
  tell: (text: string) => void,
): Promise<Choice> {
  for (;;) {
    const answer = await ask(`${question} (${choices.join(", ")})`, byDefault);
    const choice = choices.find((each) => each === answer.toLowerCase());
    if (choice !== undefined) return choice;
    tell(`It must be one of ${choices.join(", ")}.${didYouMean(answer, choices)}`);
  }
}

async function askForCount(
  ask: Ask,
  question: string,
  byDefault: number,
  tell: (text: string) => void,
): Promise<number> {
  for (;;) {
    const answer = await ask(question, String(byDefault));
    if (/^[1-9]\d*$/.test(answer)) return Number(answer);
    tell("It must be a whole number, 1 or more.");
  }
}

/** Takes the default of every question, for where nobody answers. */
export const takeDefaults: Ask = (_question, byDefault) =>
  byDefault === undefined ? Promise.reject(imagesMissing()) : Promise.resolve(byDefault);

/**
 * Asks on the terminal.
 *
 * @throws {UsageError} if the terminal is closed (Ctrl-C, Ctrl-D) before the last answer.
 */
export async function onTerminal<Result>(use: (ask: Ask) => Promise<Result>): Promise<Result> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const closed = new AbortController();
  lines.once("close", () => closed.abort());
  try {
    return await use(async (question, byDefault) => {
      const hint = byDefault === undefined ? "" : ` [${byDefault}]`;
      const answer = await lines.question(`${question}${hint}: `, { signal: closed.signal });
      return answer.trim() === "" ? (byDefault ?? "") : answer.trim();
    });
  } catch (error) {
    if (closed.signal.aborted) throw questionsCancelled();
    throw error;
  } finally {
    lines.close();
  }
}
