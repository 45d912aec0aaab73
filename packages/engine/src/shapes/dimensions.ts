import type { OpCall } from "./op-call.ts";
import { alignedLengths, fromZero, jointShape, type Shape, shapeText } from "./shape.ts";

// What rules ask of shapes. The sentences are those of TensorFlow.

/** The shape of an input, which must have `rank` axes. */
export function ranked(call: OpCall, input: number, rank: number): Shape {
  const shape = call.shapes[input]!;
  if (shape.length !== rank) throw call.misfit(`Shape must be rank ${rank} but is rank ${shape.length}`);
  return shape;
}

export function rankedAtLeast(call: OpCall, input: number, rank: number): Shape {
  const shape = call.shapes[input]!;
  if (shape.length < rank) {
    throw call.misfit(`Shape must be at least rank ${rank} but is rank ${shape.length}`);
  }
  return shape;
}

export function rankedAtMost(call: OpCall, input: number, rank: number): Shape {
  const shape = call.shapes[input]!;
  if (shape.length > rank) {
    throw call.misfit(`Shape must be at most rank ${rank} but is rank ${shape.length}`);
  }
  return shape;
}

/** The number in an input that must be a scalar. */
export function scalar(call: OpCall, input: number): number {
  ranked(call, input, 0);
  return call.numbers(input)[0]!;
}

/** The numbers in an input that must be a vector. */
export function vector(call: OpCall, input: number): readonly number[] {
  ranked(call, input, 1);
  return call.numbers(input);
}

/** The shape that an input says, a vector of lengths of 0 or more. */
export function saidShape(call: OpCall, input: number): Shape {
  const lengths = vector(call, input);
  for (const [place, length] of lengths.entries()) {
    if (length < 0) throw call.misfit(`Dimension ${place} must be >= 0, but is ${length}`);
  }
  return lengths;
}

export function requireEqual(call: OpCall, a: number, b: number): number {
  if (a !== b) throw call.misfit(`Dimensions must be equal, but are ${a} and ${b}`);
  return a;
}

export function requireLength(call: OpCall, length: number, wanted: number): void {
  if (length !== wanted) throw call.misfit(`Dimension must be ${wanted} but is ${length}`);
}

/** Two shapes that must be the same. */
export function merged(call: OpCall, a: Shape, b: Shape): Shape {
  if (a.length !== b.length) {
    throw call.misfit(`Shapes must be equal rank, but are ${a.length} and ${b.length}`);
  }
  const place = a.findIndex((length, axis) => length !== b[axis]);
  if (place >= 0) {
    throw call.misfit(
      `Dimension ${place} in both shapes must be equal, but are ${a[place]} and ${b[place]}. ` +
        `Shapes are ${shapeText(a)} and ${shapeText(b)}.`,
    );
  }
  return a;
}

/** The shape to which two tensors are repeated along axes of length 1. */
export function broadcast(call: OpCall, a: Shape, b: Shape): Shape {
  for (const [m, n] of alignedLengths(a, b)) if (m !== 1 && n !== 1) requireEqual(call, m, n);
  return jointShape(a, b);
}

/** Counts a negative axis from the end; undefined if there is no such axis. */
export function axisOf(axis: number, rank: number): number | undefined {
  const place = fromZero(axis, rank);
  return place >= 0 && place < rank ? place : undefined;
}

/** A copy of `shape` with other lengths at one place. */
export const replaced = (shape: Shape, place: number, ...lengths: readonly number[]): Shape =>
  shape.toSpliced(place, 1, ...lengths);
