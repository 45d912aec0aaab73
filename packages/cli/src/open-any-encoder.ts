import { statSync } from "node:fs";
import path from "node:path";

import { openEncoderFile } from "./encoder-file.ts";
import type { EncoderToLoad } from "./encoder-to-load.ts";
import { loadRunEncoder } from "./load-run-encoder.ts";
import * as messages from "./messages.ts";
import { openRunEncoder } from "./open-run-encoder.ts";
import { isTimmFolder, TIMM_WEIGHTS } from "./timm-config.ts";
import type { TrustFlag } from "./trust.ts";

interface AnyEncoderFlags extends TrustFlag {
  readonly checkpoint?: string;
}

/**
 * Opens the encoder of a run folder, of a safetensors file or of a folder of timm's.
 *
 * @throws {TsslError} as `openRunEncoder` and `openEncoderFile`; USAGE where a checkpoint of a file is named.
 */
export async function openAnyEncoder(from: string, flags: AnyEncoderFlags): Promise<EncoderToLoad> {
  const isFile = statSync(from, { throwIfNoEntry: false })?.isDirectory() === false;
  const isOfTimm = !isFile && isTimmFolder(from);
  if (!isFile && !isOfTimm) return openEncoderOfRun(from, flags);
  if (flags.checkpoint !== undefined) throw messages.checkpointOfFile(from);
  return openEncoderFile(isOfTimm ? path.join(from, TIMM_WEIGHTS) : from);
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
