import { type Random, randomStream } from "../random.ts";

/** The values that the random numbers of a view depend on; they depend on nothing else. */
export interface ViewKey {
  readonly seed: number;
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** The image's place in the loader's list of files. */
  readonly index: number;
  /** The view's name, such as "query". */
  readonly view: string;
}

/** The random stream of one view of one image in one epoch. */
export function viewStream({ seed, epoch, index, view }: ViewKey): Random {
  return randomStream(seed, epoch, index, view);
}
