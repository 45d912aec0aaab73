import type { Socket } from "node:net";

import { brokenFrame } from "../messages/processes.ts";

/** What one process sends to another at once: something to say, and numbers that go with it. */
export interface Frame {
  readonly said: unknown;
  readonly bytes: Uint8Array;
}

/** Two lengths in bytes, of what is said and of what goes with it: 32 and 64 bits, little-endian. */
const HEAD = 12;
/** The longest text that is said: names of the variables of a large state. */
const LONGEST_SAID = 2 ** 24;

/** Sends a frame; it is on its way when this returns, and arrives after those that were sent before. */
export function sendFrame(socket: Socket, said: unknown, parts: readonly Uint8Array[] = []): void {
  if (socket.destroyed || socket.writableEnded) return; // whoever is gone is told of by `close`
  const text = Buffer.from(JSON.stringify(said));
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(text.length);
  head.writeBigUInt64LE(BigInt(parts.reduce((sum, part) => sum + part.length, 0)), 4);
  socket.cork();
  for (const piece of [head, text, ...parts]) socket.write(piece);
  socket.uncork();
}

/**
 * The frames that arrive, one after another, until the connection is closed or breaks.
 *
 * @param mostWithFirst bytes that may go with the first one, of whoever has not said yet what it is. Default:
 * any number.
 * @throws {TsslError} PROCESS_FAILED for what is no frame, such as the words of another program.
 */
export async function* framesFrom(socket: Socket, mostWithFirst = Infinity): AsyncGenerator<Frame> {
  let pieces: Buffer[] = [];
  let length = 0;
  const taken = (count: number): Buffer => {
    const all = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
    pieces = [all.subarray(count)];
    length -= count;
    return all.subarray(0, count);
  };
  let mostBytes = mostWithFirst;
  let lengths: { readonly said: number; readonly bytes: number } | undefined;
  for await (const piece of piecesFrom(socket)) {
    pieces.push(piece);
    length += piece.length;
    for (;;) {
      if (lengths === undefined) {
        if (length < HEAD) break;
        const head = taken(HEAD);
        lengths = { said: head.readUInt32LE(), bytes: Number(head.readBigUInt64LE(4)) };
        if (lengths.said > LONGEST_SAID || lengths.bytes > mostBytes) throw brokenFrame();
      }
      if (length < lengths.said + lengths.bytes) break;
      const said = parsed(taken(lengths.said));
      const { buffer, byteOffset, byteLength } = taken(lengths.bytes);
      yield { said, bytes: new Uint8Array(buffer, byteOffset, byteLength) };
      lengths = undefined;
      mostBytes = Infinity;
    }
  }
}

async function* piecesFrom(socket: Socket): AsyncGenerator<Buffer> {
  try {
    for await (const piece of socket as AsyncIterable<Buffer>) yield piece;
  } catch {
    // A connection that breaks is over, too; `error` of the socket says how.
  }
}

function parsed(text: Buffer): unknown {
  try {
    return JSON.parse(text.toString()) as unknown;
  } catch {
    throw brokenFrame();
  }
}
