/** The types of arrays that are written, as numpy calls them. */
function typeName(values: Float32Array | Int32Array | Uint8Array): string {
  if (values instanceof Float32Array) return "<f4";
  return values instanceof Int32Array ? "<i4" : "|u1";
}

/** The array begins at a multiple of this, so that it can be mapped into memory. */
const ALIGNMENT = 64;

/**
 * The header of an npy file, version 1.0: "\x93NUMPY", the version, the length of a Python dictionary, the
 * dictionary.
 *
 * @param type "<f4" for float32.
 */
export function npyHeader(type: string, shape: readonly number[]): Uint8Array {
  const sides = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${sides}), }`;
  const before = 10;
  const length = Math.ceil((before + text.length + 1) / ALIGNMENT) * ALIGNMENT - before;
  const header = Buffer.alloc(before + length, " ");
  header.write("\x93NUMPY\x01\x00", "latin1");
  header.writeUInt16LE(length, 8);
  header.write(text, before, "latin1");
  header.write("\n", before + length - 1, "latin1");
  return header;
}

/**
 * Writes an array as numpy's `np.save` does.
 *
 * @example
 * ```ts
 * encodeNpy(new Float32Array(6), [2, 3]).length; // => 152
 * ```
 */
export function encodeNpy(
  values: Float32Array | Int32Array | Uint8Array,
  shape: readonly number[],
): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return Buffer.concat([npyHeader(typeName(values), shape), bytes]);
}
