import { statSync } from "node:fs";

import { openEncoderFile } from "./encoder-file.ts";
import type { EncoderToLoad } from "./encoder-to-load.ts";
import { loadRunEncoder } from "./load-run-encoder.ts";
import * as messages from "./messages.ts";
import { openRunEncoder } from "./open-run-encoder.ts";
import type { TrustFlag } from "./trust.ts";

interface AnyEncoderFlags extends TrustFlag {
  readonly checkpoint?: string;
}

/**
 * Opens the encoder of a run folder or of a safetensors file.
 *
 * @throws {TsslError} as `openRunEncoder` and `openEncoderFile`; USAGE where a checkpoint of a file is named.
 */
export async function openAnyEncoder(from: string, flags: AnyEncoderFlags): Promise<EncoderToLoad> {
  if (statSync(from, { throwIfNoEntry: false })?.isDirectory() !== false)
    return openEncoderOfRun(from, flags);
  if (flags.checkpoint !== undefined) throw messages.checkpointOfFile(from);
  return openEncoderFile(from);
}

async function openEncoderOfRun(runFolder: string, flags: AnyEncoderFlags): Promise<EncoderToLoad> {
  const run = await openRunEncoder(runFolder, flags);
  return {
    async load() {
      const { encoder, compile } = await loadRunEncoder(runFolder, run, flags.checkpoint);
      const { facts, checkpoint } = encoder;
      const mark = [facts.config, facts.step, facts.savedAt, compile.precision];
      return { encoder, name: checkpoint, mark };
    },
  };
}
