import { ImageError, LoaderError, randomStream, readFilePart } from "@tssl/augment-zoo";
import { HTTP_LIMITS, serveHostilely } from "@tssl/augment-zoo/testing";
import { expect } from "vitest";

import { TsslError } from "../../errors.ts";
import { tarBytes } from "../../testing/tar-bytes.ts";
import { readImages } from "../read-images.ts";

/** Longest time of one server in milliseconds, and most memory of the process in bytes. */
const [LONGEST, MOST_MEMORY] = [5000, 2 ** 30];

/** As the limits are, in a hundredth of their time. */
const QUICK = { attempts: 4, attemptsInAll: 10, pause: 1, answer: 150, request: 600, text: 2 ** 20 };

const ARCHIVE = tarBytes(
  Array.from({ length: 6 }, (_, i) => [
    { name: `${i}.jpg`, content: "x".repeat(900 * i + 1) },
    { name: `${i}.cls`, content: String(i % 2) },
  ]).flat(),
);

/** Whether an error is one that tells what is wrong with a server or with what it gave. */
const isOurs = (error: unknown): boolean =>
  error instanceof LoaderError ||
  error instanceof ImageError ||
  (error instanceof TsslError && error.code === "INVALID_DATA");

/**
 * Reads shards from `count` servers that answer well more or less often. The seed fixes how they answer.
 *
 * @throws naming the server that leads to another error than ours, or takes too long.
 * @returns how many were read to the end, and the ways in which requests were answered.
 */
export async function readFromHostileServers(
  count: number,
  seed = 0,
): Promise<{ readonly read: number; readonly ways: ReadonlySet<string> }> {
  const usual = { ...HTTP_LIMITS };
  const ways = new Set<string>();
  let read = 0;
  Object.assign(HTTP_LIMITS, QUICK);
  try {
    for (let i = 0; i < count; i++) {
      const random = randomStream("hostile servers", seed, i);
      const server = await serveHostilely(ARCHIVE, random, 1 - random.uniform() ** 3);
      const start = performance.now();
      try {
        const { files } = await readImages(`${server.address}/s.tar`);
        for (const file of files) if (typeof file !== "string") await readFilePart(file);
        read++;
      } catch (error) {
        const what = `server ${i} of seed ${seed} (${[...server.answered].join(", ")})`;
        if (!isOurs(error)) throw new Error(`${what}: ${String(error)}`, { cause: error });
        expect(String(error), what).not.toContain("s3cret");
      } finally {
        await server.close();
      }
      expect(performance.now() - start, `server ${i} of seed ${seed}`).toBeLessThan(LONGEST);
      for (const way of server.answered) ways.add(way);
    }
  } finally {
    Object.assign(HTTP_LIMITS, usual);
  }
  expect(process.resourceUsage().maxRSS * 1024).toBeLessThan(MOST_MEMORY);
  return { read, ways };
}
