import fs from "node:fs";
import path from "node:path";

import { EngineError } from "../errors.ts";
import { type Log, startProgress } from "./progress.ts";
import { runProgram } from "./run-program.ts";
import { sha256Of } from "./sha256.ts";
import type { Wheel } from "./wheels.ts";

interface DownloadOptions {
  readonly python: string;
  /** Emptied first; holds the wheel and pip's own temporary files. */
  readonly folder: string;
  readonly log: Log;
}

/**
 * Downloads one wheel from the Python index that pip is configured for, and checks its sha256.
 *
 * A download that comes out wrong is thrown away and made once more.
 *
 * @returns the path of the wheel, in `folder`.
 */
export async function downloadWheel(wheel: Wheel, options: DownloadOptions): Promise<string> {
  try {
    return await download(wheel, options);
  } catch (error) {
    if (!(error instanceof EngineError && error.code === "HASH_MISMATCH")) throw error;
    options.log(`The download of ${wheel.file} was damaged; once more.`);
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
  // pip says nothing of how far it is when nobody watches it, so its temporary files are watched instead.
  const watch = setInterval(() => progress.update(bytesIn(folder)), 500);
  const { exitCode, output } = await runProgram(python, parameters, { ...process.env, TMPDIR: folder });
  clearInterval(watch);
  progress.end();
  if (exitCode !== 0) throw downloadError(wheel, output);

  const file = path.join(folder, wheel.file);
  if (!fs.existsSync(file)) throw wheelNotFound(wheel);
  if ((await sha256Of(file)) !== wheel.sha256) throw hashMismatch(wheel);
  return file;
}

/** What pip's output means, for the user. */
function downloadError(wheel: Wheel, output: string): EngineError {
  if (/DO NOT MATCH THE HASHES|Expected sha256/i.test(output)) return hashMismatch(wheel);
  if (/No space left on device/i.test(output)) {
    return new EngineError(
      "DISK_FULL",
      `The disk filled up while ${wheel.file} was downloaded: free some, or set TSSL_CACHE to a folder on another disk.`,
    );
  }
  // pip that may not retry keeps to itself why it could not connect: it only finds no version at all.
  if (/connection broken by|ProxyError|SSLError|ReadTimeout|from versions: none/i.test(output)) {
    return new EngineError(
      "INDEX_UNREACHABLE",
      `The Python package index must be reachable and offer ${wheel.project}, but nothing came from it: ` +
        `check the network, and pip's settings with "python3 -m pip config list".`,
    );
  }
  if (/No matching distribution|Could not find a version/i.test(output)) return wheelNotFound(wheel);
  const lastError =
    output.split("\n").findLast((line) => /error/i.test(line)) ?? output.trim().split("\n").at(-1);
  return new EngineError(
    "DOWNLOAD_FAILED",
    `pip could not download ${wheel.project} ${wheel.version}: ${lastError ?? "no output"}. ` +
      `Put that right and run the set-up again.`,
  );
}

const wheelNotFound = (wheel: Wheel): EngineError =>
  new EngineError(
    "WHEEL_NOT_FOUND",
    `The Python package index that pip is configured for must offer ${wheel.file}, but does not: ` +
      `configure one that mirrors PyPI in full ("python3 -m pip config list" shows the present one).`,
  );

const hashMismatch = (wheel: Wheel): EngineError =>
  new EngineError(
    "HASH_MISMATCH",
    `${wheel.file} must have sha256 ${wheel.sha256}, but what was downloaded has another: ` +
      `run the set-up again, and if it repeats, do not trust the index that pip is configured for.`,
  );

function bytesIn(folder: string): number {
  let sum = 0;
  for (const entry of fs.readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    const stat = fs.statSync(path.join(folder, entry), { throwIfNoEntry: false }); // pip removes files meanwhile
    if (stat?.isFile()) sum += stat.size;
  }
  return sum;
}
