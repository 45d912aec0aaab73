import { binaryFile } from "../messages/config.ts";
import { openRegularFile, readRegularFile } from "./regular-file.ts";

/**
 * The text of a file that a user names.
 *
 * Only a regular file is read: a pipe would be waited for, and a device may have no end. A file of /proc says
 * that it is empty, and is taken at its word.
 *
 * @param most bytes that it may have.
 * @throws an error whose message is a reason: "it is a folder", "it has 8 GiB, and at most 4 MiB are read".
 */
export const readTextFile = async (file: string, { most }: { readonly most: number }): Promise<string> =>
  textOf(await readRegularFile(file, most));

/** @throws where a path leads to no regular file, with the reason. */
export const requireRegularFile = async (file: string): Promise<void> =>
  (await openRegularFile(file)).close();

function textOf(bytes: Uint8Array): string {
  const zero = bytes.indexOf(0);
  if (zero >= 0) throw binaryFile(zero);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw binaryFile();
  }
}
