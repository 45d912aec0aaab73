import fs from "node:fs";
import path from "node:path";

import { EngineError } from "../errors.ts";
import { downloadFailed, hashMismatch, indexUnreachable, wheelNotFound } from "../messages/downloads.ts";
import { diskFilledUp } from "../messages/folders.ts";
import { sha256OfFile } from "../sha256.ts";
import { type Log, startProgress } from "./progress.ts";
import { runProgram } from "./run-program.ts";
import type { Wheel } from "./wheels.ts";

interface DownloadOptions {
  readonly python: string;
  /** Folder for the wheel and pip's temporary files; it is emptied first. */
  readonly folder: string;
  readonly log: Log;
}

/**
 * Downloads one wheel from the Python index that pip is configured for, and checks its sha256.
 *
 * A damaged download is deleted and repeated once.
 *
 * @returns the path of the wheel, in `folder`.
 */
export async function downloadWheel(wheel: Wheel, options: DownloadOptions): Promise<string> {
  try {
    return await download(wheel, options);
  } catch (error) {
    if (!(error instanceof EngineError && error.code === "HASH_MISMATCH")) throw error;
    options.log(`The download of ${wheel.file} was damaged; trying once more.`);
    return await download(wheel, options);
  }
}

async function download(wheel: Wheel, { python, folder, log }: DownloadOptions): Promise<string> {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder, { recursive: true });
  const requirements = path.join(folder, "requirements.txt");
  fs.writeFileSync(requirements, `${wheel.project}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const parameters = [
    ...["-m", "pip", "download", "--requirement", requirements, "--require-hashes", "--dest", folder],
    ...["--no-deps", "--only-binary", ":all:", "--platform", wheel.pipPlatform, "--python-version", "3.11"],
    ...["--no-cache-dir", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"],
  ];

  const progress = startProgress(`Downloading ${wheel.project} ${wheel.version}`, wheel.downloadBytes, log);
  // pip reports no progress unless it runs on a terminal; the size of its temporary files shows it.
  const watch = setInterval(() => progress.update(bytesIn(folder)), 500);
  const { exitCode, output } = await runProgram(python, parameters, { ...process.env, TMPDIR: folder });
  clearInterval(watch);
  progress.end();
  if (exitCode !== 0) throw downloadError(wheel, output);

  const file = path.join(folder, wheel.file);
  if (!fs.existsSync(file)) throw wheelNotFound(wheel.file);
  if ((await sha256OfFile(file)) !== wheel.sha256) throw hashMismatch(wheel.file, wheel.sha256);
  return file;
}

/** The error that pip's output means. */
function downloadError(wheel: Wheel, output: string): EngineError {
  const { project, version, file, sha256 } = wheel;
  if (/DO NOT MATCH THE HASHES|Expected sha256/i.test(output)) return hashMismatch(file, sha256);
  if (/No space left on device/i.test(output)) return diskFilledUp(file);
  // Where pip may not retry, it does not report a failed connection, only that it found no version.
  if (/connection broken by|ProxyError|SSLError|ReadTimeout|from versions: none/i.test(output)) {
    return indexUnreachable(project);
  }
  if (/No matching distribution|Could not find a version/i.test(output)) return wheelNotFound(file);
  const lastError =
    output.split("\n").findLast((line) => /error/i.test(line)) ?? output.trim().split("\n").at(-1);
  return downloadFailed(project, version, lastError ?? "no output");
}

function bytesIn(folder: string): number {
  let sum = 0;
  for (const entry of fs.readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    // pip removes files meanwhile
    const stat = fs.statSync(path.join(folder, entry), { throwIfNoEntry: false });
    if (stat?.isFile()) sum += stat.size;
  }
  return sum;
}
