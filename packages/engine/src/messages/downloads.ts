// The sentences of errors DOWNLOAD_FAILED, HASH_MISMATCH, INDEX_UNREACHABLE, PIP_MISSING, PYTHON_MISSING and
// WHEEL_NOT_FOUND: on what the set-up downloads, and by what.

import { EngineError } from "../errors.ts";

// DOWNLOAD_FAILED

/** @param reason the last error that pip printed. */
export const downloadFailed = (project: string, version: string, reason: string): EngineError =>
  new EngineError("DOWNLOAD_FAILED", `pip could not download ${project} ${version}: ${reason}.`, {
    remedy: "Correct this, and run the set-up again.",
    data: { project, version, reason },
  });

// HASH_MISMATCH

export const hashMismatch = (file: string, sha256: string): EngineError =>
  new EngineError("HASH_MISMATCH", `The download of ${file} does not have the sha256 ${sha256}.`, {
    remedy: "Run the set-up again. If this repeats, do not trust the index that pip is configured for.",
    data: { file, sha256 },
  });

// INDEX_UNREACHABLE

export const indexUnreachable = (project: string): EngineError =>
  new EngineError(
    "INDEX_UNREACHABLE",
    `The Python package index cannot be reached, or does not offer ${project}.`,
    {
      remedy: 'Check the network, and pip\'s settings with "python3 -m pip config list".',
      data: { project },
    },
  );

// PIP_MISSING

/** @param found version of pip; undefined where there is none. */
export const pipMissing = (python: string, oldest: string, found: string | undefined): EngineError =>
  new EngineError(
    "PIP_MISSING",
    `${python} needs pip ${oldest} or later, but has ${found === undefined ? "no pip" : `pip ${found}`}.`,
    {
      remedy:
        "Install it (Debian, Ubuntu: apt install python3-pip), or set TSSL_PYTHON to a Python that " +
        "has it.",
      data: { python, oldest, found },
    },
  );

// PYTHON_MISSING

export const pythonMissing = (candidates: readonly string[]): EngineError =>
  new EngineError(
    "PYTHON_MISSING",
    `Python 3 with pip is needed to download TensorFlow, but ${candidates.join(" and ")} cannot be run.`,
    {
      remedy:
        "Install it (Debian, Ubuntu: apt install python3 python3-pip), or set TSSL_PYTHON to the path of " +
        "a Python 3.",
      data: { candidates },
    },
  );

// WHEEL_NOT_FOUND

export const wheelNotFound = (file: string): EngineError =>
  new EngineError(
    "WHEEL_NOT_FOUND",
    `The Python package index that pip is configured for does not offer ${file}.`,
    {
      remedy:
        'Configure an index that mirrors PyPI in full; "python3 -m pip config list" shows the present one.',
      data: { file },
    },
  );
