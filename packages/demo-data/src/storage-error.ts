const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "your disk quota is used up",
  EACCES: "the folder may not be written to",
  EPERM: "the folder may not be written to",
  EROFS: "the file system is read-only",
  ENOTDIR: "a part of the path is a file",
  EEXIST: "a part of the path is a file",
};

/** Turns a failed write into one line that says what to do; any other error stays as it is. */
export function storageError(error: unknown, folder: string): unknown {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  const reason = code === undefined ? undefined : REASONS[code];
  if (reason === undefined) return error;
  return new Error(
    `Cannot unpack the demo images into ${folder}: ${reason}. ` +
      "They need 30 MB; set TSSL_CACHE to a folder with room for them.",
    { cause: error },
  );
}
