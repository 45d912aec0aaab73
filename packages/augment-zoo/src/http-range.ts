import { setTimeout as sleep } from "node:timers/promises";

import { EndsEarly } from "./errors.ts";
import * as messages from "./messages.ts";

/**
 * Largest number of consecutive tries that bring no byte; with the pauses between them about half a minute.
 */
const ATTEMPTS = 8;
/** Pause before the second try in milliseconds; it doubles before each further try. */
const PAUSE = 200;
/** Time limit of an answer in milliseconds. */
const PATIENCE = 60_000;

/** Whether a path is an HTTP address. */
export const isAddress = (path: string): boolean => /^https?:\/\//.test(path);

/** A file on a server, as the server describes it. */
export interface RemoteFile {
  /** Size in bytes. */
  readonly size: number;
  /** Identifies the version: its ETag, or its time of change, or "". */
  readonly version: string;
}

/** A failure that another try would not change. */
class Refused extends Error {}

/**
 * Asks a server for the size and the version of a file.
 *
 * @throws {LoaderError} if there is no such file, the server does not support ranges, or it cannot be
 * reached.
 */
export async function describeRemote(address: string): Promise<RemoteFile> {
  return persistently(address, async () => {
    const { headers, body } = await askRange(address, 0, 0);
    await body?.cancel();
    const size = Number(/\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1] ?? NaN);
    if (!Number.isInteger(size)) throw new Refused("the server does not report its size");
    return { size, version: headers.get("etag") ?? headers.get("last-modified") ?? "" };
  });
}

/**
 * Reads bytes of a file on a server. After a broken connection, reading continues with the first missing
 * byte. A busy server (429, 5xx) is asked again, at longer and longer intervals. No more memory is used than
 * the bytes need.
 *
 * @throws {LoaderError} if the bytes cannot be read; EndsEarly if the file ends before them.
 */
export async function readRange(address: string, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let got = 0;
  await persistently(
    address,
    async () => {
      if (got === length) return;
      const { body } = await askRange(address, offset + got, offset + length - 1);
      const reader = body!.getReader();
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
        const wanted = piece.value.subarray(0, length - got);
        bytes.set(wanted, got);
        got += wanted.length;
      }
      if (got < length) throw new Error(`the answer ended at byte ${offset + got}`);
    },
    () => got,
  );
  return bytes;
}

/**
 * Reads a text file on a server.
 *
 * @returns undefined if there is no such file.
 * @throws {LoaderError} if it cannot be read.
 */
export const readRemoteText = (address: string): Promise<string | undefined> =>
  persistently(address, async () => {
    const response = await fetch(address, { signal: AbortSignal.timeout(PATIENCE) });
    if (response.ok) return response.text();
    await response.body?.cancel();
    if (response.status === 404) return undefined;
    throw unwanted(response.status);
  });

async function askRange(address: string, first: number, last: number): Promise<Response> {
  const response = await fetch(address, {
    headers: { range: `bytes=${first}-${last}` },
    signal: AbortSignal.timeout(PATIENCE),
  });
  const { status, headers } = response;
  if (status === 206 && headers.get("content-range")?.startsWith(`bytes ${first}-`) === true) return response;
  await response.body?.cancel();
  if (status === 416) throw messages.fileEndsEarly(address, first);
  if (status === 200 || status === 206) throw new Refused("the server does not support ranges");
  throw unwanted(status);
}

/** An error for a status; only a busy server is asked again. */
const unwanted = (status: number): Error =>
  new (status === 429 || status >= 500 ? Error : Refused)(`the server answered ${status}`);

/** Repeats an attempt after temporary failures, until `ATTEMPTS` in a row make no progress. */
async function persistently<Result>(
  address: string,
  attempt: () => Promise<Result>,
  progress: () => number = () => 0,
): Promise<Result> {
  for (let failures = 0; ;) {
    const before = progress();
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof EndsEarly) throw error;
      failures = progress() > before ? 1 : failures + 1;
      if (error instanceof Refused || failures === ATTEMPTS) {
        const { message, cause } = error as Error;
        const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
        throw messages.serverUnreadable(address, reason, error);
      }
    }
    await sleep(PAUSE * 2 ** (failures - 1));
  }
}
