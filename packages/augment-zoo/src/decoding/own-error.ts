/** Decodings that must give the same error. */
const SAME = 4;

/** Decodings of an image that fails, after which it has no error of its own. */
const MOST_TRIES = 20;

/** What libvips says of a failure where its list of errors was cleared by another image. */
const CLEARED = /^unknown error$|:$/i;

/** Images that failed are decoded again one after the other, so that they do not disturb each other. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Decodes an image; where that fails, finds the error that is the image's own.
 *
 * libvips keeps one list of errors for all images that a process decodes at the same time: an image that ends
 * clears it ("Unknown error"), and one that fails adds to it. So an image that fails is decoded again until
 * four of its errors say the same.
 *
 * @throws {Error} that error, or the first where there is none of its own.
 */
export async function decodeOrOwnError<Result>(decode: () => Promise<Result>): Promise<Result> {
  try {
    return await decode();
  } catch (first) {
    const again = last.then(() => decodeAgain(decode, first as Error));
    last = again.catch(() => undefined);
    return again;
  }
}

async function decodeAgain<Result>(decode: () => Promise<Result>, first: Error): Promise<Result> {
  const said = new Map<string, number>();
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    try {
      return await decode();
    } catch (error) {
      const message = (error as Error).message.trim();
      const times = (said.get(message) ?? 0) + 1;
      if (times === SAME) throw error;
      if (!CLEARED.test(message)) said.set(message, times);
    }
  }
  throw first;
}
