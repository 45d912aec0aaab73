import { setTimeout as sleep } from "node:timers/promises";

import { hasPassword } from "./address.ts";
import { LoaderError } from "./errors.ts";
import { headersFor } from "./http-headers.ts";
import * as messages from "./messages.ts";

/**
 * Largest number of consecutive tries that bring no byte; with the pauses between them about half a minute.
 */
const ATTEMPTS = 8;
/** Pause before the second try in milliseconds; it doubles before each further try. */
const PAUSE = 200;
/** Largest number of tries in all for the bytes of one request, whatever each of them brings. */
const ATTEMPTS_IN_ALL = 100;
/** Time limit of an answer in milliseconds. */
const PATIENCE = 60_000;
/** Largest number of redirects from an address to its file. */
const REDIRECTS = 10;
/** Largest text file, in bytes. */
const LONGEST_TEXT = 16 * 2 ** 20;

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
        if (got === length) await reader.cancel(); // an answer may be longer than it should, or have no end
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
 * @returns undefined if the server does not give such a file.
 * @throws {LoaderError} if it cannot be read, or is longer than 16 MiB.
 */
export const readRemoteText = (address: string): Promise<string | undefined> =>
  persistently(address, async () => {
    const response = await ask(address, {});
    if (response.ok) return textOf(response);
    await response.body?.cancel();
    // Storage that signs addresses answers 403 to a file that is not there, or that was not signed.
    if (response.status >= 400 && response.status < 500 && response.status !== 429) return undefined;
    throw unwanted(response.status);
  });

async function textOf({ body }: Response): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body as unknown as AsyncIterable<Uint8Array>) {
    pieces.push(piece);
    length += piece.length;
    if (length > LONGEST_TEXT) throw new Refused(`it has more than ${LONGEST_TEXT / 2 ** 20} MiB`);
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}

async function askRange(address: string, first: number, last: number): Promise<Response> {
  // A compressed answer would have other bytes in the range.
  const range = { range: `bytes=${first}-${last}`, "accept-encoding": "identity" };
  const response = await ask(address, range);
  const { status, headers } = response;
  if (status === 206 && headers.get("content-range")?.startsWith(`bytes ${first}-`) === true) return response;
  await response.body?.cancel();
  if (status === 416) throw messages.fileEndsEarly(address, first);
  if (status === 200 || status === 206) throw new Refused("the server does not support ranges");
  throw unwanted(status);
}

/** Where addresses led to: followed once, and anew when that place no longer answers. */
const destinations = new Map<string, string>();

/** The answer of the server that an address leads to, whatever its status. */
async function ask(address: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const known = destinations.get(address);
  if (known !== undefined) {
    const response = await request(known, address, headers).catch(() => undefined);
    if (response?.ok === true || response?.status === 416) return response;
    await response?.body?.cancel();
    destinations.delete(address);
  }
  return follow(address, headers);
}

async function follow(address: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  let url = address;
  for (let redirects = 0; ; redirects++) {
    const response = await request(url, address, headers);
    const location = response.headers.get("location");
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) {
      if (url !== address && response.ok) destinations.set(address, url);
      return response;
    }
    await response.body?.cancel();
    if (redirects === REDIRECTS) throw new Refused(`there are more than ${REDIRECTS} redirects`);
    if (!URL.canParse(location, url)) throw new Refused("the server redirects to what is no address");
    url = new URL(location, url).href;
  }
}

/** One request. Headers that the user gives go to the server of `address` alone. */
async function request(
  url: string,
  address: string,
  headers: Readonly<Record<string, string>>,
): Promise<Response> {
  if (!URL.canParse(url)) throw new Refused("it is not a valid address");
  const { protocol, origin, hostname } = new URL(url);
  if (!["http:", "https:"].includes(protocol)) throw new Refused(`the server redirects to ${protocol}`);
  if (hasPassword(url)) {
    const redirected = url === address ? "" : "the server redirects to an address with a password: ";
    throw new Refused(
      `${redirected}give the password in TSSL_HTTP_HEADERS ` +
        `("${hostname} Authorization: Basic …"), not in the address`,
    );
  }
  const own = origin === new URL(address).origin ? headersFor(address) : {};
  return fetch(url, {
    headers: { ...own, ...headers },
    redirect: "manual",
    signal: AbortSignal.timeout(PATIENCE),
  });
}

/** An error for a status; only a busy server is asked again. */
function unwanted(status: number): Error {
  const hint = [401, 403].includes(status) ? ": it wants a token or a password, see TSSL_HTTP_HEADERS" : "";
  const isBusy = status === 429 || status >= 500;
  return new (isBusy ? Error : Refused)(`the server answered ${status}${hint}`);
}

/** Repeats an attempt after temporary failures, until `ATTEMPTS` in a row make no progress. */
async function persistently<Result>(
  address: string,
  attempt: () => Promise<Result>,
  progress: () => number = () => 0,
): Promise<Result> {
  for (let [failures, tries] = [0, 1]; ; tries++) {
    const before = progress();
    try {
      return await attempt();
    } catch (error) {
      if (error instanceof LoaderError) throw error;
      failures = progress() > before ? 1 : failures + 1;
      if (error instanceof Refused || failures === ATTEMPTS || tries === ATTEMPTS_IN_ALL) {
        const { message, cause } = error as Error;
        const reason = cause instanceof Error ? `${message}: ${cause.message}` : message;
        throw messages.serverUnreadable(address, reason, error);
      }
    }
    await sleep(PAUSE * 2 ** (failures - 1));
  }
}
