import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { afterAll, afterEach, expect, it, vi } from "vitest";

import { runCommand } from "../command-in-process.test.data.ts";
import { hubNotPrivate } from "../messages/export.ts";

const folder = mkdtempSync(path.join(tmpdir(), "tssl-push-"));
afterEach(() => void vi.unstubAllEnvs());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const push = () =>
  runCommand("export", folder, "--to", "onnx", "--out", path.join(folder, "out"), "--push", "me/encoder");

it.each(["http://hub.example", "https://me:secret@hub.example", "https://secret@hub.example", "hub", ""])(
  "gives no token to a hub at %s, before any work",
  async (address) => {
    vi.stubEnv("HF_TOKEN", "hf_secretOfMine");
    vi.stubEnv("HF_ENDPOINT", address);
    const { code, err } = await push();
    expect([code, err]).toEqual([2, expect.stringContaining(hubNotPrivate().message)]);
    expect(err).not.toContain("secret");
  },
);

it.each(["https://hub.example", "http://127.0.0.1:5000", "http://localhost"])(
  "goes on with a hub at %s",
  async (address) => {
    vi.stubEnv("HF_TOKEN", "hf_secretOfMine");
    vi.stubEnv("HF_ENDPOINT", address);
    expect((await push()).err).toContain("(RUN_FOLDER, see tssl explain RUN_FOLDER)"); // it is no run
  },
);
