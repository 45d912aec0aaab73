import { expect, it } from "vitest";

import * as messages from "./run-folder.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });

errors([
  [
    "RUN_FOLDER",
    messages.fineTuningInUse("runs/a", { owner: { pid: 12 }, isUnseen: false }, "runs/a/lock"),
    "The same fine-tuning of runs/a is being done by process 12. Wait for it, or stop it.",
  ],
  [
    "RUN_FOLDER",
    messages.fineTuningInUse("runs/a", { isUnseen: true }, "runs/a/lock"),
    "The same fine-tuning of runs/a is being done by another process. Wait for it, or stop it; if it no " +
      "longer runs, delete runs/a/lock.",
  ],
  [
    "RUN_FOLDER",
    messages.folderInUse("runs/a", { owner: { pid: 12 }, isUnseen: false }, "runs/a/lock"),
    "runs/a is in use by process 12. Wait for it, or stop it.",
  ],
  [
    "RUN_FOLDER",
    messages.folderInUse("runs/a", { owner: { pid: 12, host: "elsewhere" }, isUnseen: true }, "runs/a/lock"),
    "runs/a is in use by process 12 on elsewhere. Wait for it, or stop it; " +
      "if it no longer runs, delete runs/a/lock.",
  ],
  [
    "RUN_FOLDER",
    messages.folderNotWritten("runs/a", denied),
    "runs/a cannot be written: EACCES: permission denied.",
  ],
  [
    "RUN_FOLDER",
    messages.folderNotEmpty("runs/a", 1, "--out"),
    "runs/a must be a new or empty folder, and it holds 1 entry. Choose another with --out.",
  ],
  [
    "RUN_FOLDER",
    messages.folderNotEmpty("my-method", 3),
    "my-method must be a new or empty folder, and it holds 3 entries. Choose another.",
  ],
  [
    "RUN_FOLDER",
    messages.notARun("runs/a", undefined),
    "runs/a does not exist. Name the folder of a run, such as runs/demo.",
  ],
  [
    "RUN_FOLDER",
    messages.notARun("runs/a", "run.json"),
    "runs/a has no run.json, which a run writes when it starts. Name the folder of a run, such as runs/demo.",
  ],
  [
    "RUN_FOLDER",
    messages.fileUnreadable("runs/a/run.json", denied),
    "runs/a/run.json cannot be read: EACCES: permission denied.",
  ],
  [
    "RUN_FOLDER",
    messages.fileUnreadable("a.yaml/run.json", Object.assign(new Error("ENOTDIR"), { code: "ENOTDIR" })),
    "a.yaml/run.json cannot be read: a part of its path is a file, not a folder. Name the folder of a run, " +
      "such as runs/demo.",
  ],
  [
    "RUN_FOLDER",
    messages.noFailedStep("runs/a"),
    "No step of runs/a has failed. Name the step to replay, as in --step 12.",
  ],
]);

it("keep what caused an error, and its facts as values", () => {
  const error = messages.folderNotWritten("runs/a", denied);
  expect(error.cause).toBe(denied);
  expect(error.data).toEqual({ folder: "runs/a", reason: "EACCES: permission denied" });
});

eachIsHere(messages, import.meta.url);
