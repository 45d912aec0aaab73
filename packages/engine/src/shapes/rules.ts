import { ARRANGEMENT } from "./arrangement.ts";
import { BATCH_NORM } from "./batch-norm.ts";
import { COLLECTIVES } from "./collectives.ts";
import { CONVOLUTIONS } from "./convolutions.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { GENERATED } from "./generated.ts";
import { IMAGES } from "./images.ts";
import { INDEXING } from "./indexing.ts";
import { LOSSES } from "./losses.ts";
import type { ShapeRule } from "./op-call.ts";
import { OPEN_RESULTS } from "./open-results.ts";
import { POOLING } from "./pooling.ts";
import { PRODUCTS } from "./products.ts";
import { REDUCTIONS } from "./reductions.ts";
import { parseSignature, type Signature } from "./signature.ts";
import { SLICES } from "./slices.ts";

export interface Rule extends Signature {
  readonly shapes: ShapeRule;
}

/** Every op that can be recorded, by TensorFlow's name. */
export const RULES: ReadonlyMap<string, Rule> = new Map(
  [
    ARRANGEMENT,
    BATCH_NORM,
    COLLECTIVES,
    CONVOLUTIONS,
    ELEMENTWISE,
    GENERATED,
    IMAGES,
    INDEXING,
    LOSSES,
    OPEN_RESULTS,
    POOLING,
    PRODUCTS,
    REDUCTIONS,
    SLICES,
  ]
    .flatMap((table) => Object.entries(table))
    .map(([op, { signature, shapes }]) => [op, { ...parseSignature(signature), shapes }]),
);
