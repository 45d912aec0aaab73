import { fileDamaged, notWholeJson } from "../messages/damaged-files.ts";
import { fileUnreadable } from "../messages/run-folder.ts";
import { isMissing } from "./is-missing.ts";
import { readRegularFile } from "./regular-file.ts";
import { fits, misfitText, type Shape } from "./shapes.ts";

/** Bytes of the largest JSON file that is read. */
export const LARGEST_JSON = 2 ** 27;

/**
 * Levels of lists and objects within each other that are read: more than any file of ours has. Whatever walks
 * through the value afterwards can rely on it.
 */
const DEEPEST = 100;

/** What a file must be, beyond what its shape says; the first thing that is wrong, or undefined. */
export type Contradiction<T> = (value: T) => string | undefined;

/**
 * Reads a JSON file that tssl wrote: the one door through which its content comes.
 *
 * @returns undefined where there is no such file.
 * @throws {TsslError} FILE_DAMAGED with the file and the place in it where it is not of the shape; RUN_FOLDER
 * where it cannot be read.
 */
export async function readJsonFile<T>(
  file: string,
  shape: Shape<T>,
  contradiction?: Contradiction<T>,
): Promise<T | undefined> {
  const bytes = await readRegularFile(file, LARGEST_JSON).catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw fileUnreadable(file, error);
  });
  if (bytes === undefined) return undefined;
  const content = checkedJson(bytes.toString("utf8"), shape, contradiction);
  if (typeof content === "string") throw fileDamaged(file, content);
  return content.value;
}

/** The value of a JSON text that is of a shape; or what is wrong with it. */
export function checkedJson<T>(
  text: string,
  shape: Shape<T>,
  contradiction?: Contradiction<T>,
): { readonly value: T } | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return notWholeJson(text, error);
  }
  return checkedValue(value, shape, contradiction);
}

/** The same for a value that was parsed elsewhere. */
export function checkedValue<T>(
  value: unknown,
  shape: Shape<T>,
  contradiction?: Contradiction<T>,
): { readonly value: T } | string {
  if (isDeeper(value, DEEPEST)) return `it has more than ${DEEPEST} levels`;
  if (!fits(shape, value)) return misfitText(shape, value);
  const wrong = contradiction?.(value);
  return wrong ?? { value };
}

/** Whether lists and objects lie more than so many levels within each other. It goes no deeper itself. */
const isDeeper = (value: unknown, levels: number): boolean =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1)));
