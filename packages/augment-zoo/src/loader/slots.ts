/**
 * A fixed number of slots, given out in order of request. The slot that was returned last is given out first,
 * to use little memory.
 */
export interface Slots {
  /** Takes a free slot, or waits for the next one. */
  take(): Promise<number>;
  give(slot: number): void;
  /** Rejects all waiting and later requests. */
  close(reason: Error): void;
}

export function createSlots(count: number): Slots {
  const free = Array.from({ length: count }, (_, i) => count - 1 - i);
  const waiting: { resolve: (slot: number) => void; reject: (reason: Error) => void }[] = [];
  let closed: Error | undefined;
  return {
    take() {
      if (closed !== undefined) return Promise.reject(closed);
      const slot = free.pop();
      if (slot !== undefined) return Promise.resolve(slot);
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
    give(slot) {
      const next = waiting.shift();
      if (next === undefined) free.push(slot);
      else next.resolve(slot);
    },
    close(reason) {
      closed = reason;
      for (const { reject } of waiting.splice(0)) reject(reason);
    },
  };
}
