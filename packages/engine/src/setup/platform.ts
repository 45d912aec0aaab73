import { oldGlibc, systemNotSupported } from "../messages/platform.ts";

export type Platform = "linux-x64" | "linux-arm64";

/** Oldest glibc that the TensorFlow wheels run on. */
const GLIBC = [2, 27] as const;

export interface Machine {
  readonly platform: string;
  readonly arch: string;
  /** Version of glibc; undefined if the C library is another one. */
  readonly glibc: string | undefined;
}

export function thisMachine(): Machine {
  const report = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return { platform: process.platform, arch: process.arch, glibc: report.header.glibcVersionRuntime };
}

/** The platform whose wheels run on a machine. @throws {EngineError} UNSUPPORTED_PLATFORM */
export function supportedPlatform({ platform, arch, glibc }: Machine): Platform {
  if (platform !== "linux" || (arch !== "x64" && arch !== "arm64")) {
    throw systemNotSupported(platform, arch);
  }
  const [major = 0, minor = 0] = (glibc ?? "").split(".").map(Number);
  if (major < GLIBC[0] || (major === GLIBC[0] && minor < GLIBC[1])) {
    throw oldGlibc(GLIBC.join("."), glibc);
  }
  return `linux-${arch}`;
}
