// The sentences of errors UNSUPPORTED_PLATFORM.

import { EngineError } from "../errors.ts";

export const gpuNotSupported = (platform: string): EngineError =>
  new EngineError("UNSUPPORTED_PLATFORM", `A GPU needs Linux on x64, this is ${platform}.`, {
    remedy: "Set the engine up without --gpu.",
    data: { platform },
  });

/** @param found version of glibc; undefined where the C library is another one. */
export const oldGlibc = (oldest: string, found: string | undefined): EngineError =>
  new EngineError(
    "UNSUPPORTED_PLATFORM",
    `The engine needs glibc ${oldest} or later, ` +
      `this system has ${found === undefined ? "another C library" : `glibc ${found}`}.`,
    {
      remedy: "Use a distribution with glibc, such as Debian 10 or later, or Ubuntu 18.10 or later.",
      data: { oldest, found },
    },
  );

export const systemNotSupported = (platform: string, arch: string): EngineError =>
  new EngineError(
    "UNSUPPORTED_PLATFORM",
    `The engine needs Linux on x64 or arm64, this is ${platform} on ${arch}.`,
    {
      remedy: "Use a Linux machine, a container, or on Windows the Windows Subsystem for Linux (WSL 2).",
      data: { platform, arch },
    },
  );
