import { spawnSync } from "node:child_process";

/** Packs files of a folder, in this order, with the system's tar. @returns `archive` */
export function makeTar(
  archive: string,
  folder: string,
  names: readonly string[],
  format: "ustar" | "gnu" | "posix" = "gnu",
): string {
  const { status, stderr } = spawnSync(
    "tar",
    [`--format=${format}`, "-cf", archive, "-C", folder, ...names],
    {
      encoding: "utf8",
    },
  );
  if (status !== 0) throw new Error(`tar failed: ${stderr}`);
  return archive;
}
