import { setTimeout as sleep } from "node:timers/promises";

import { LoaderError } from "./errors.ts";

/** Tries in a row that bring no byte; with the pauses between them about half a minute. */
const ATTEMPTS = 8;
/** Milliseconds before the second try; twice as many before each further one. */
const PAUSE = 200;
/** Milliseconds until an answer must be whole. */
const PATIENCE = 60_000;

/** Whether a path is an address of HTTP. */
export const isAddress = (path: string): boolean => /^https?:\/\//.test(path);

/** A file on a server, as the server describes it. */
export interface RemoteFile {
  /** Bytes. */
  readonly size: number;
  /** Tells one version from another: its ETag, else its time of change, else "". */
  readonly version: string;
}

/** An answer that trying again would not change. */
class Refused extends Error {}

/** The file has fewer bytes than were asked for. */
export class EndsEarly extends LoaderError {}

/**
 * Asks a server how large a file is.
 *
 * @throws LoaderError if there is no such file, the server gives no ranges, or it cannot be reached.
 */
export async function describeRemote(address: string): Promise<RemoteFile> {
  return persistently(address, async () => {
    const { headers, body } = await askRange(address, 0, 0);
    await body?.cancel();
    const size = Number(/\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1] ?? NaN);
    if (!Number.isInteger(size)) throw new Refused("the server does not say how large it is");
    return { size, version: headers.get("etag") ?? headers.get("last-modified") ?? "" };
  });
}

/**
 * Reads bytes of a file on a server. A connection that breaks off is made again from the byte where it did; busy servers (429, 5xx) are
 * asked again, at longer and longer intervals. No more memory is taken than the bytes need.
 *
 * @throws LoaderError if they cannot be had; EndsEarly if the file ends before.
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
      if (got < length) throw new Error(`the answer broke off at byte ${offset + got}`);
    },
    () => got,
  );
  return bytes;
}

/**
 * Reads a text file on a server.
 *
 * @returns undefined where there is none.
 * @throws LoaderError if it cannot be had.
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
  if (status === 416) throw new EndsEarly(`${address} ends before byte ${first}.`);
  if (status === 200 || status === 206) throw new Refused("the server does not give parts of it (ranges)");
  throw unwanted(status);
}

/** A busy server may give another answer later. */
const unwanted = (status: number): Error =>
  new (status === 429 || status >= 500 ? Error : Refused)(`the server answered ${status}`);

/** Does it again while it fails in ways that may pass, `ATTEMPTS` times without progress. */
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
        throw new LoaderError(`${address} cannot be read: ${reason}.`, { cause: error });
      }
    }
    await sleep(PAUSE * 2 ** (failures - 1));
  }
}
