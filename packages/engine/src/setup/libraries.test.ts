import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { downloadWheel } from "./download.ts";
import { writeFakeWheel } from "./fake-wheel.test.data.ts";
import { installLibraries, missingWheels } from "./libraries.ts";
import type { Wheel } from "./wheels.ts";

let base: string;
let offered: string;
let folder: string;
let wheel: Wheel;
let lines: string[];
const log = (line: string): number => lines.push(line);

beforeEach(async () => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), "tssl-libraries-"));
  offered = path.join(base, "offered");
  folder = path.join(base, "library");
  fs.mkdirSync(offered);
  wheel = await writeFakeWheel(offered);
  lines = [];
  vi.stubEnv("PIP_NO_INDEX", "1");
  vi.stubEnv("PIP_FIND_LINKS", offered);
});

afterEach(() => {
  vi.unstubAllEnvs();
  fs.rmSync(base, { recursive: true, force: true });
});

const install = async (): Promise<Wheel[]> => {
  const wheels = await missingWheels({ folder, wheels: [wheel], verify: false });
  await installLibraries({ folder, wheels, log });
  return wheels;
};
const downloads = (): string[] => lines.filter((line) => line.startsWith("Downloading"));
const library = (): string => path.join(folder, "tiny/library.so");
const change = (file: string, edit: (bytes: Buffer) => Buffer): void =>
  fs.writeFileSync(file, edit(fs.readFileSync(file)));
const flipOneBit = (bytes: Buffer): Buffer => {
  const at = bytes.length >> 1;
  bytes[at] = bytes[at]! ^ 1;
  return bytes;
};

describe("installLibraries", () => {
  it("downloads a wheel, unpacks what is wanted of it and deletes the rest", async () => {
    await install();
    expect(fs.readFileSync(library(), "utf8")).toBe("library".repeat(1000));
    expect(fs.readdirSync(path.join(folder, "tiny")).sort()).toEqual(["include", "library.so"]);
    expect(fs.readdirSync(folder).sort()).toEqual(["manifests", "tiny"]);
  });

  it("starts neither Python nor a download when everything is there", async () => {
    await install();
    vi.stubEnv("PATH", "");
    expect(await install()).toEqual([]);
    expect(downloads()).toHaveLength(1);
  });

  it("unpacks again after an interruption, whatever it left behind", async () => {
    await install();
    fs.rmSync(path.join(folder, "manifests"), { recursive: true });
    change(library(), (bytes) => bytes.subarray(0, 100));
    fs.mkdirSync(path.join(folder, ".unpack/tiny"), { recursive: true });
    fs.writeFileSync(path.join(folder, ".unpack/tiny/left-over"), "half a file");
    fs.mkdirSync(path.join(folder, ".download"));
    fs.writeFileSync(path.join(folder, ".download", wheel.file), "half a wheel");
    await install();
    expect(fs.readFileSync(library(), "utf8")).toHaveLength(7000);
    expect(fs.readdirSync(path.join(folder, "tiny")).sort()).toEqual(["include", "library.so"]);
    expect(downloads()).toHaveLength(2);
  });

  it("unpacks again when a library was truncated, removed or replaced by another version's", async () => {
    await install();
    change(library(), (bytes) => bytes.subarray(0, 100));
    expect(await install()).toHaveLength(1);
    fs.rmSync(library());
    expect(await install()).toHaveLength(1);
    const other = { ...wheel, sha256: "0".repeat(64) };
    expect(await missingWheels({ folder, wheels: [other], verify: false })).toEqual([other]);
  });

  it("sees a flipped bit under an old date with verify only", async () => {
    await install();
    const { mtime } = fs.statSync(library());
    change(library(), flipOneBit);
    fs.utimesSync(library(), mtime, mtime);
    expect(await missingWheels({ folder, wheels: [wheel], verify: true })).toEqual([wheel]);
  });
});

describe("downloadWheel", () => {
  const download = (python = "python3"): Promise<string> =>
    downloadWheel(wheel, { python, folder: path.join(base, "download"), log });
  const offeredFile = (): string => path.join(offered, wheel.file);

  it.each([
    ["damaged", flipOneBit],
    ["truncated", (bytes: Buffer) => bytes.subarray(0, bytes.length >> 1)],
  ])("refuses a %s wheel after a second try", async (_name, damage) => {
    change(offeredFile(), damage);
    await expect(download()).rejects.toMatchObject({ code: "HASH_MISMATCH" });
    expect(downloads()).toHaveLength(2);
  });

  it("makes good a download that was damaged once", async () => {
    const flaky = path.join(base, "flaky-python");
    const script = `#!/bin/sh
if [ ! -e "${base}/failed-once" ]; then
  touch "${base}/failed-once"; echo "THESE PACKAGES DO NOT MATCH THE HASHES" >&2; exit 1
fi
exec python3 "$@"
`;
    fs.writeFileSync(flaky, script, { mode: 0o755 });
    expect(fs.existsSync(await download(flaky))).toBe(true);
    expect(lines).toContain(`The download of ${wheel.file} was damaged; trying once more.`);
  });

  it("says that an index offers other versions only", async () => {
    fs.renameSync(offeredFile(), offeredFile().replace("1.0", "0.9"));
    await expect(download()).rejects.toMatchObject({ code: "WHEEL_NOT_FOUND" });
  });
});
