import { EngineError } from "../errors.ts";

export type Platform = "linux-x64" | "linux-arm64";

/** The TensorFlow wheels used here need glibc of this version or later. */
const GLIBC = [2, 27] as const;

export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** undefined where the C library is not glibc. */
  readonly glibc: string | undefined;
}

export function thisMachine(): Machine {
  const report = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return { platform: process.platform, arch: process.arch, glibc: report.header.glibcVersionRuntime };
}

/** The platform whose wheels run on `machine`, or a refusal that says what would. */
export function supportedPlatform({ platform, arch, glibc }: Machine): Platform {
  if (platform !== "linux" || (arch !== "x64" && arch !== "arm64")) {
    throw new EngineError(
      "UNSUPPORTED_PLATFORM",
      `The engine needs Linux on x64 or arm64, this is ${platform} on ${arch}: ` +
        `use a Linux machine, a container, or on Windows the Windows Subsystem for Linux (WSL 2).`,
    );
  }
  const [major = 0, minor = 0] = (glibc ?? "").split(".").map(Number);
  if (major < GLIBC[0] || (major === GLIBC[0] && minor < GLIBC[1])) {
    throw new EngineError(
      "UNSUPPORTED_PLATFORM",
      `The engine needs glibc ${GLIBC.join(".")} or later, this system has ${glibc === undefined ? "another C library" : `glibc ${glibc}`}: ` +
        `use a distribution with glibc, such as Debian 10 or Ubuntu 18.10 and later.`,
    );
  }
  return `linux-${arch}`;
}
