/**
 * A fixed number of places, handed out in order of request: the one that was given back last first, so that
 * no more memory is touched than needed.
 */
export interface Slots {
  /** A free place, or the next to become free. */
  take(): Promise<number>;
  give(slot: number): void;
  /** Refuses everybody who waits, and who comes later. */
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
