/** Maps every byte through one table of 256 entries. Every channel is treated alike. */
export function lookUp(source: Uint8Array, target: Uint8Array, table: Uint8Array): void {
  for (let i = 0; i < source.length; i++) target[i] = table[source[i]!]!;
}

/** Maps red, green and blue through a table of 256 entries each, held one after another in `tables`. */
export function lookUpChannels(source: Uint8Array, target: Uint8Array, tables: Uint8Array): void {
  for (let i = 0; i < source.length; i += 3) {
    target[i] = tables[source[i]!]!;
    target[i + 1] = tables[256 + source[i + 1]!]!;
    target[i + 2] = tables[512 + source[i + 2]!]!;
  }
}
