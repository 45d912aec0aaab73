import { createHash } from "node:crypto";
import fs from "node:fs";
import { pipeline } from "node:stream/promises";

/** The SHA-256 of bytes, or of a text in UTF-8. */
export const sha256Of = (content: Uint8Array | string): Buffer =>
  createHash("sha256").update(content).digest();

/** The SHA-256 of a file that may be large, in hexadecimal digits. */
export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(fs.createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}
