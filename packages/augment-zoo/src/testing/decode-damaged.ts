import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { decodeImage } from "../decode.ts";
import { ImageError } from "../errors.ts";
import { randomStream } from "../random.ts";
import { damage } from "./damage.ts";

const folder = new URL("../../fixtures/decode/", import.meta.url);
const files = readdirSync(fileURLToPath(folder))
  .sort()
  .map((name) => ({ name, bytes: readFileSync(new URL(name, folder)) }));

/**
 * Decodes damaged copies of fixtures/decode, numbers `first` to `first + count - 1`.
 *
 * @returns how many could be decoded and how many could not, and those that ended otherwise than in a whole
 * image or an ImageError.
 */
export async function decodeDamaged(
  first: number,
  count: number,
): Promise<{ decoded: number; refused: number; wrong: string[] }> {
  const result = { decoded: 0, refused: 0, wrong: [] as string[] };
  for (let i = first; i < first + count; i++) {
    const { name, bytes } = files[i % files.length]!;
    const damaged = damage(bytes, randomStream("damage", i));
    const what = `${i}: ${name}, ${damaged.kind}`;
    try {
      const { width, height, data } = await decodeImage(damaged.bytes);
      if (width * height < 1 || data.length !== width * height * 3) result.wrong.push(`${what}: odd size`);
      result.decoded++;
    } catch (error) {
      if (!(error instanceof ImageError) || error.message.includes("\n"))
        result.wrong.push(`${what}: ${String(error)}`);
      result.refused++;
    }
  }
  return result;
}
