import type { Sides } from "../shapes/sides.ts";

/** Types of elements, by the recording's names; "float64" is what a program of doubles takes and gives. */
export type ElementType = "float32" | "float64" | "bfloat16" | "int32" | "uint32" | "uint8" | "bool";

/** Type and shape of a value of the program. */
export interface TensorType {
  readonly dtype: ElementType;
  readonly shape: readonly number[];
}

const IN_MLIR: Readonly<Record<ElementType, string>> = {
  float32: "f32",
  float64: "f64",
  bfloat16: "bf16",
  int32: "i32",
  uint32: "ui32",
  uint8: "ui8",
  bool: "i1",
};

export const isElementType = (dtype: string): dtype is ElementType => Object.hasOwn(IN_MLIR, dtype);

export const isFloat = (dtype: ElementType): boolean => !["int32", "uint32", "uint8", "bool"].includes(dtype);

/** "tensor<2x3xf32>" */
export const typeText = ({ dtype, shape }: TensorType): string =>
  `tensor<${[...shape, IN_MLIR[dtype]].join("x")}>`;

/** "[1, 2]" */
export const list = (values: readonly number[]): string => `[${values.join(", ")}]`;

/** "array<i64: 1, 2>", which has no colon where it is empty. */
export const longs = (values: readonly number[]): string =>
  values.length === 0 ? "array<i64>" : `array<i64: ${values.join(", ")}>`;

/** "dense<[[0, 1], [2, 2]]> : tensor<2x2xi64>": pixels before and after each axis. */
export const sidesText = (sides: readonly Sides[]): string =>
  `dense<[${sides.map(list).join(", ")}]> : tensor<${sides.length}x2xi64>`;

/**
 * One number as MLIR writes it. A float is written by its bits: MLIR reads no "inf" or "nan", and decimal
 * digits would round.
 */
export function numberText(number: number, dtype: ElementType): string {
  if (dtype === "bool") return number === 0 ? "false" : "true";
  if (!isFloat(dtype)) return String(number);
  if (dtype === "float64") {
    return `0x${hex(new BigUint64Array(Float64Array.of(number).buffer)[0]!, 16)}`;
  }
  const bits = new Uint32Array(Float32Array.of(number).buffer)[0]!;
  // A bfloat16 is the upper half of a float32; numbers in programs are short enough not to be rounded here.
  const digits = dtype === "bfloat16" ? hex(roundedToBfloat16(bits), 4) : hex(bits, 8);
  return `0x${digits}`;
}

const hex = (bits: number | bigint, digits: number): string =>
  bits.toString(16).toUpperCase().padStart(digits, "0");

/** The upper 16 bits of a float32, rounded to nearest, ties to even. */
function roundedToBfloat16(bits: number): number {
  if ((bits & 0x7fffffff) > 0x7f800000) return 0x7fc0; // Not a number: rounding could make it infinite.
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/**
 * Elements in row-major order as MLIR writes them: the bytes of the array, in one string. The string is
 * little-endian, where the number of one float is big-endian. Booleans would be packed by bit, so they are
 * written as words.
 */
export function elementsText(values: readonly number[], dtype: ElementType): string {
  if (values.length === 0) return "";
  if (dtype === "bool" || values.length === 1) {
    const all = values.map((value) => numberText(value, dtype));
    return all.length === 1 ? all[0]! : `[${all.join(", ")}]`;
  }
  return `"0x${Buffer.from(bytesOf(values, dtype)).toString("hex").toUpperCase()}"`;
}

function bytesOf(values: readonly number[], dtype: ElementType): ArrayBuffer {
  switch (dtype) {
    case "float64":
      return Float64Array.from(values).buffer;
    case "float32":
      return Float32Array.from(values).buffer;
    case "bfloat16": {
      const bits = new Uint32Array(Float32Array.from(values).buffer);
      return Uint16Array.from(bits, roundedToBfloat16).buffer;
    }
    case "int32":
      return Int32Array.from(values).buffer;
    default:
      return Uint8Array.from(values).buffer;
  }
}
