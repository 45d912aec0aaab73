import type { ProcessGroup } from "./process-group.ts";
import { openRing, type Ring } from "./ring.ts";

/**
 * What the processes of a group tell each other between two programs of a step. All of them must ask for the
 * same, in the same order; each waits for the others.
 */
export interface Exchange {
  /**
   * Adds up the numbers of all processes, element by element, in place. All get the same bits.
   *
   * @throws {EngineError} PROCESSES_FAILED once another process is gone.
   */
  sum(values: Float32Array): Promise<void>;
  /** The bytes of all processes, in their order; each gives as many. @throws as `sum` */
  gather(bytes: Uint8Array): Promise<Uint8Array>;
}

/**
 * Exchanges by a ring. Numbers that are added up go round twice in shares, one for each process: however many
 * they are, each sends less than twice its numbers.
 */
export function exchangeOver({ rank, addresses: { length: size } }: ProcessGroup, ring: Ring): Exchange {
  /** The part of an array that belongs to a process, whose number may be below 0. */
  const shareOf = <T extends Float32Array | Uint8Array>(all: T, number: number): T => {
    const place = (number + size) % size;
    const bound = (at: number): number => Math.floor((at * all.length) / size);
    return all.subarray(bound(place), bound(place + 1)) as T;
  };
  return {
    async sum(values) {
      const heard = new Float32Array(Math.ceil(values.length / size));
      for (let turn = 0; turn < size - 1; turn++) {
        const own = shareOf(values, rank - turn - 1);
        const other = heard.subarray(0, own.length);
        await ring.pass(bytesOf(shareOf(values, rank - turn)), bytesOf(other));
        for (let i = 0; i < own.length; i++) own[i]! += other[i]!;
      }
      // Now each has the whole sum of one share: that of the process after it.
      for (let turn = 0; turn < size - 1; turn++) {
        await ring.pass(bytesOf(shareOf(values, rank + 1 - turn)), bytesOf(shareOf(values, rank - turn)));
      }
    },
    async gather(bytes) {
      const all = new Uint8Array(size * bytes.length);
      shareOf(all, rank).set(bytes);
      for (let turn = 0; turn < size - 1; turn++) {
        await ring.pass(shareOf(all, rank - turn), shareOf(all, rank - turn - 1));
      }
      return all;
    },
  };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

let opened: Exchange | undefined;

/** The exchange of this process with the others of its group. It is opened once, and listens from then on. */
export const processExchange = (group: ProcessGroup): Exchange =>
  (opened ??= exchangeOver(group, openRing(group)));
