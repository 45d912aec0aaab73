import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

import yauzl from "yauzl";

import type { UnpackedFile } from "./manifest.ts";

interface UnpackOptions {
  /** Matches the paths that are unpacked. */
  readonly wanted: RegExp;
  readonly onBytes: (count: number) => void;
}

/** Unpacks the wanted files of a zip archive into `folder`. yauzl refuses names that lead out of it. */
export async function unpackZip(
  archive: string,
  folder: string,
  { wanted, onBytes }: UnpackOptions,
): Promise<UnpackedFile[]> {
  const zip = await yauzl.openPromise(archive);
  const files: UnpackedFile[] = [];
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith("/") || !wanted.test(entry.fileName)) continue;
    const target = path.join(folder, entry.fileName);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    const hash = createHash("sha256");
    const observe = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        onBytes(chunk.length);
        done(null, chunk);
      },
    });
    const mode = (entry.externalFileAttributes >>> 16) & 0o777; // 0 if the archive has no Unix modes
    const output = fs.createWriteStream(target, { mode: mode === 0 ? 0o644 : mode });
    await pipeline(await zip.openReadStreamPromise(entry), observe, output);
    const { size, mtimeMs } = fs.statSync(target);
    files.push({ path: entry.fileName, size, mtimeMs, sha256: hash.digest("hex") });
  }
  return files;
}
