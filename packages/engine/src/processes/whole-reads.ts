import type { Socket } from "node:net";

/** Reads what arrives at a connection, as many bytes at a time as are asked for. */
export interface WholeReads {
  /**
   * Fills the bytes with the next ones that arrive. One call waits at a time.
   *
   * @throws what `fail` was told.
   */
  fill(bytes: Uint8Array): Promise<void>;
  /** No more will arrive: ends the call that waits, and those to come. */
  fail(error: Error): void;
}

/** A call of `fill`. */
interface Waiting {
  readonly bytes: Uint8Array;
  filled: number;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** @param onBytes is told of every arrival. */
export function wholeReads(socket: Socket, onBytes: () => void): WholeReads {
  /** What has arrived and was not asked for yet. */
  const pieces: Buffer[] = [];
  let waiting: Waiting | undefined;
  let failure: Error | undefined;

  const serve = (): void => {
    while (waiting !== undefined) {
      const { bytes, filled, resolve, reject } = waiting;
      if (filled === bytes.length) {
        waiting = undefined;
        resolve();
        return;
      }
      const piece = pieces.shift();
      if (piece === undefined) {
        if (failure === undefined) return;
        waiting = undefined;
        reject(failure);
        return;
      }
      const taken = piece.subarray(0, bytes.length - filled);
      bytes.set(taken, filled);
      waiting.filled += taken.length;
      if (taken.length < piece.length) pieces.unshift(piece.subarray(taken.length));
    }
  };
  socket.on("data", (piece: Buffer) => {
    onBytes();
    pieces.push(piece);
    serve();
  });
  return {
    fill: (bytes) =>
      new Promise((resolve, reject) => {
        waiting = { bytes, filled: 0, resolve, reject };
        serve();
      }),
    fail(error) {
      failure ??= error;
      serve();
    },
  };
}
