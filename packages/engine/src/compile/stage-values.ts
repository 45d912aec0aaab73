import type { DeviceBuffer } from "../pjrt/buffers.ts";

/** What the stages of a call have given: for each edge of the step, a buffer on each device. */
export interface StageValues {
  on(device: number, edge: string): DeviceBuffer;
  /** Takes buffers over, in the place of those that an edge had. */
  keep(edge: string, buffers: readonly DeviceBuffer[]): void;
  free(edge: string): void;
  freeAll(): void;
}

export function stageValues(): StageValues {
  const kept = new Map<string, readonly DeviceBuffer[]>();
  const free = (edge: string): void => {
    for (const buffer of kept.get(edge) ?? []) buffer.free();
    kept.delete(edge);
  };
  return {
    on: (device, edge) => kept.get(edge)![device]!,
    keep(edge, buffers) {
      free(edge);
      kept.set(edge, buffers);
    },
    free,
    freeAll() {
      for (const edge of [...kept.keys()]) free(edge);
    },
  };
}
