// Advice on loading.

import type { NarrowImage } from "@tssl/augment-zoo";

import { counted, percent } from "../text/numbers.ts";

const waited = (idleShare: number): string => `steps waited for images ${percent(idleShare)} of the time`;

export const loaderKeepsUp = (idleShare: number): string => `The loader keeps up: ${waited(idleShare)}.`;

const loaderIsBottleneck = (idleShare: number, rest: string): string =>
  `The loader is the bottleneck: ${waited(idleShare)}${rest}.`;

/** A 16-bit image whose levels are from `low` to `high`, less than a quarter of 65536. */
export function narrowLevels({ file, low, high }: NarrowImage): string {
  const most = 2 ** Math.ceil(Math.log2(high + 1)) - 1;
  const levels = (high >> 8) - (low >> 8) + 1;
  return (
    `${file} has 16 bits, of whose levels 0 to 65535 it uses ${low} to ${high}: its views have ` +
    `${counted(levels, "level")} of 256. Set data.range, such as [0, ${most}], to spread them.`
  );
}

/** What would help a run whose images are decoded each time. */
export interface DecodeRemedies {
  /** Size of a cache that all decoded images fit into, in MiB, estimated. */
  readonly cacheMegabytes?: number;
  /** `data.decode: fast`: the share of its time that decoding then takes, measured on so many images. */
  readonly fast?: { readonly timeShare: number; readonly images: number };
  /** Threads, and the cores that there are for more. */
  readonly workers?: { readonly threads: number; readonly cores: number };
}

export const decodingIsSlow = (
  idleShare: number,
  { cacheMegabytes, fast, workers }: DecodeRemedies,
): string => {
  const remedies = [
    ...(fast === undefined
      ? []
      : [
          `set data.decode: fast, with which decoding takes ${percent(fast.timeShare)} of its time ` +
            `(measured on ${counted(fast.images, "image")} of the run)`,
        ]),
    ...(cacheMegabytes === undefined
      ? []
      : [`raise data.cacheMegabytes to ${cacheMegabytes}, about what all decoded images take`]),
    ...(workers === undefined
      ? []
      : [`raise data.workers, which is ${workers.threads} on ${workers.cores} cores`]),
    "use smaller files",
  ];
  const list =
    remedies.length === 1 ? remedies[0]! : `${remedies.slice(0, -1).join("; ")}; or ${remedies.at(-1)!}`;
  return loaderIsBottleneck(
    idleShare,
    `, and reading and decoding take most of the loader's time. ${list[0]!.toUpperCase()}${list.slice(1)}`,
  );
};

/** All decoded images are kept, and most of them were decoded in the time that was measured. */
export const decodingWasFirst = (idleShare: number): string =>
  loaderIsBottleneck(
    idleShare,
    ", while each image was decoded for the first time. Decoded images are kept, so later epochs are faster",
  );

export const tooFewWorkers = (idleShare: number, threads: number, cores: number): string =>
  loaderIsBottleneck(idleShare, `. Raise data.workers, which is ${threads} on ${cores} cores`);

export const coresAreBusy = (idleShare: number, threads: number, cores: number): string =>
  loaderIsBottleneck(
    idleShare,
    `, and its ${threads} threads use all ${cores} cores. Use fewer or smaller views, or more cores`,
  );
