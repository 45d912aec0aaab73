import { answerTooLong } from "./messages.ts";

/** What an answer may have: bytes, and milliseconds from its first to its last. */
export interface AnswerLimits {
  readonly bytes: number;
  readonly time: number;
}

/**
 * A `fetch` that reads each answer to its end within limits, for libraries that set none. How long a request
 * takes to be sent is not limited: it may hold a large file.
 *
 * @throws {Error} the reason, where an answer has more bytes or takes more time.
 */
export const boundedFetch =
  ({ bytes, time }: AnswerLimits): typeof fetch =>
  async (input, init) => {
    const { body, status, statusText, headers } = await fetch(input, init);
    const reader = body?.getReader();
    const parts: Uint8Array[] = [];
    let length = 0;
    const timer = setTimeout(() => void reader?.cancel(answerTooLong()), time);
    const end = performance.now() + time;
    try {
      for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true };
        if (performance.now() >= end) throw answerTooLong();
        if (done) break;
        length += value.length;
        if (length > bytes) throw answerTooLong();
        parts.push(value);
      }
    } finally {
      clearTimeout(timer);
      await reader?.cancel().catch(() => undefined);
    }
    const isEmpty = [204, 205, 304].includes(status);
    return new Response(isEmpty ? null : Buffer.concat(parts), { status, statusText, headers });
  };
