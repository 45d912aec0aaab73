import type { GraphModel, StoredWeight } from "./graph-model.ts";
import type { EmbeddedModel } from "../artefact.ts";

/**
 * A GraphModel whose matrices and filters are stored as float16, which TensorFlow.js makes float32 again when
 * it loads them: half the size, three digits. Vectors, such as the statistics of batch norm, stay float32:
 * they are short, and their values may be too large or too close to 0 for float16.
 */
export function inHalfPrecision({ format, signature, modelTopology, weights }: GraphModel): EmbeddedModel {
  const stored = weights.map((weight) => (isHalved(weight) ? halved(weight) : weight.bytes));
  const weightSpecs = weights.map((weight) => {
    const { name, shape, dtype } = weight;
    const quantization = { dtype: "float16", original_dtype: "float32" };
    return { name, shape, dtype, ...(isHalved(weight) ? { quantization } : {}) };
  });
  return {
    json: JSON.stringify({ format, signature, modelTopology, weightSpecs }),
    weights: Buffer.concat(stored),
  };
}

const isHalved = ({ dtype, shape }: StoredWeight): boolean => dtype === "float32" && shape.length > 1;

function halved({ bytes }: StoredWeight): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const halves = new Uint16Array(bytes.byteLength / 4);
  for (let i = 0; i < halves.length; i++) halves[i] = float16(view.getUint32(4 * i, true));
  return new Uint8Array(halves.buffer);
}

/**
 * The bits of the float16 nearest to a float32, halves to even (IEEE 754).
 *
 * @param bits of the float32.
 */
export function float16(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00; // NaN
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // 65520 and more: infinity
  if (magnitude >= 0x38800000) return sign | halfToEven(magnitude - 0x38000000, 13); // 2^-14 and more
  const shift = 126 - (magnitude >>> 23); // below, whole multiples of 2^-24
  return shift > 24 ? sign : sign | halfToEven((magnitude & 0x7fffff) | 0x800000, shift);
}

/** value / 2^shift, rounded to a whole number. */
function halfToEven(value: number, shift: number): number {
  const floor = value >>> shift;
  const rest = value - floor * 2 ** shift;
  const half = 2 ** (shift - 1);
  return rest > half || (rest === half && floor % 2 === 1) ? floor + 1 : floor;
}
