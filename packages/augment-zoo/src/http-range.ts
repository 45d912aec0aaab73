import { setTimeout as sleep } from "node:timers/promises";

import { hasPassword } from "./address.ts";
import { LoaderError } from "./errors.ts";
import { headersFor } from "./http-headers.ts";
import { HTTP_LIMITS } from "./http-limits.ts";
import { fileEndsEarly, serverUnreadable } from "./messages/servers.ts";

/** A file on a server, as the server describes it. */
export interface RemoteFile {
  /** Size in bytes. */
  readonly size: number;
  /** Identifies the version: its ETag, or its time of change, or "". */
  readonly version: string;
}

/** Encodings that fetch undoes; others, such as S3's aws-chunked, are words alone. */
const COMPRESSED = /gzip|deflate|br|zstd/i;

/** A failure that another try would not change. */
class Refused extends Error {}

/**
 * Asks a server for the size and the version of a file.
 *
 * @throws {LoaderError} if there is no such file, the server does not support ranges, or it cannot be
 * reached.
 */
export async function describeRemote(address: string): Promise<RemoteFile> {
  return persistently(address, 0, async (signal) => {
    const { headers, body } = await askRange(address, 0, 0, signal);
    await body?.cancel();
    const size = Number(/\/(\d+)$/.exec(headers.get("content-range") ?? "")?.[1] ?? NaN);
    if (!Number.isSafeInteger(size)) throw new Refused("the server does not report its size");
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
    length,
    async (signal) => {
      if (got === length) return;
      const { body } = await askRange(address, offset + got, offset + length - 1, signal);
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
  persistently(address, 0, async (signal) => {
    const response = await ask(address, {}, signal);
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
    if (length > HTTP_LIMITS.text) throw new Refused(`it has more than ${HTTP_LIMITS.text / 2 ** 20} MiB`);
  }
  return new TextDecoder().decode(Buffer.concat(pieces));
}

async function askRange(
  address: string,
  first: number,
  last: number,
  signal: AbortSignal,
): Promise<Response> {
  // A compressed answer would have other bytes in the range.
  const range = { range: `bytes=${first}-${last}`, "accept-encoding": "identity" };
  const response = await ask(address, range, signal);
  const { status, headers } = response;
  const isRange = status === 206 && headers.get("content-range")?.startsWith(`bytes ${first}-`) === true;
  const isPlain = !COMPRESSED.test(headers.get("content-encoding") ?? "");
  if (isRange && isPlain) return response;
  await response.body?.cancel();
  if (isRange) throw new Refused("the server compresses what it was asked for as it is");
  if (status === 416) throw fileEndsEarly(address, first);
  if (status === 200 || status === 206) throw new Refused("the server does not support ranges");
  throw unwanted(status);
}

/** Where addresses led to: followed once, and anew when that place no longer answers. */
const destinations = new Map<string, string>();

/** The answer of the server that an address leads to, whatever its status. */
async function ask(
  address: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  const known = destinations.get(address);
  if (known !== undefined) {
    const response = await request(known, address, headers, signal).catch(() => undefined);
    if (response?.ok === true || response?.status === 416) return response;
    await response?.body?.cancel();
    destinations.delete(address);
  }
  return follow(address, headers, signal);
}

async function follow(
  address: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Response> {
  let url = address;
  for (let redirects = 0; ; redirects++) {
    const response = await request(url, address, headers, signal);
    const location = response.headers.get("location");
    if (![301, 302, 303, 307, 308].includes(response.status) || location === null) {
      if (url !== address && response.ok) destinations.set(address, url);
      return response;
    }
    await response.body?.cancel();
    if (redirects === HTTP_LIMITS.redirects) {
      throw new Refused(`there are more than ${HTTP_LIMITS.redirects} redirects`);
    }
    if (!URL.canParse(location, url)) throw new Refused("the server redirects to what is no address");
    const next = new URL(location, url);
    if (url.startsWith("https:") && next.protocol === "http:") {
      throw new Refused("the server redirects from https: to http:, which anyone on the way can change");
    }
    url = next.href;
  }
}

/** One request. Headers that the user gives go to the server of `address` alone. */
async function request(
  url: string,
  address: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
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
    signal,
  });
}

/** An error for a status; only a busy server is asked again. */
function unwanted(status: number): Error {
  const hint = [401, 403].includes(status) ? ": it wants a token or a password, see TSSL_HTTP_HEADERS" : "";
  const isBusy = status === 429 || status >= 500;
  return new (isBusy ? Error : Refused)(`the server answered ${status}${hint}`);
}

/**
 * Repeats an attempt after temporary failures, within the limits of tries and time.
 *
 * @param length bytes that are asked for.
 */
async function persistently<Result>(
  address: string,
  length: number,
  attempt: (signal: AbortSignal) => Promise<Result>,
  progress: () => number = () => 0,
): Promise<Result> {
  const { attempts, attemptsInAll, pause, answer, request, leastRate } = HTTP_LIMITS;
  const time = request + (1000 * length) / leastRate;
  const end = performance.now() + time;
  for (let [failures, tries] = [0, 1]; ; tries++) {
    const before = progress();
    try {
      const left = Math.max(1, end - performance.now());
      return await attempt(AbortSignal.timeout(Math.ceil(Math.min(answer, left))));
    } catch (error) {
      if (error instanceof LoaderError) throw error;
      failures = progress() > before ? 1 : failures + 1;
      const wait = pause * 2 ** (failures - 1);
      const isLate = performance.now() + wait >= end;
      if (error instanceof Refused || failures === attempts || tries === attemptsInAll || isLate) {
        const late = isLate ? `it was not read within ${Math.round(time / 1000)} seconds: ` : "";
        throw serverUnreadable(address, `${late}${reasonOf(error as Error)}`, error);
      }
      await sleep(wait);
    }
  }
}

/** What went wrong, with its cause; of several addresses of one server Node names no cause but the code. */
function reasonOf({ message, cause }: Error): string {
  if (!(cause instanceof Error)) return message;
  return `${message}: ${cause.message === "" ? (cause as NodeJS.ErrnoException).code! : cause.message}`;
}
