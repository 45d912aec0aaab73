import { execFileSync } from "node:child_process";
import path from "node:path";

import { sha256OfFile } from "../sha256.ts";
import type { Wheel } from "./wheels.ts";

const WRITE_WHEEL = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as wheel:
    wheel.writestr("tiny/library.so", "library" * 1000)
    wheel.writestr("tiny/include/library.h", "header")
    wheel.writestr("tiny/unwanted.py", "python")
    wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1.0\\n")
    about = ["Wheel-Version: 1.0", "Root-Is-Purelib: false", "Tag: py3-none-manylinux_2_27_x86_64", ""]
    wheel.writestr("tiny-1.0.dist-info/WHEEL", "\\n".join(about))
    wheel.writestr("tiny-1.0.dist-info/RECORD", "")
`;

/**
 * Writes a wheel of a few kilobytes into `folder`, which pip then finds with PIP_NO_INDEX and PIP_FIND_LINKS.
 */
export async function writeFakeWheel(folder: string): Promise<Wheel> {
  const file = "tiny-1.0-py3-none-manylinux_2_27_x86_64.whl";
  execFileSync("python3", ["-c", WRITE_WHEEL, path.join(folder, file)]);
  return {
    file,
    project: "tiny",
    version: "1.0",
    pipPlatform: "manylinux_2_27_x86_64",
    sha256: await sha256OfFile(path.join(folder, file)),
    downloadBytes: 1000,
    unpackedBytes: 7006,
    wanted: /^tiny\/(library|include\/)/,
  };
}
