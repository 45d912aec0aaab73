import { statSync } from "node:fs";
import path from "node:path";

import { openEncoderFile } from "./encoder-file.ts";
import type { EncoderToLoad } from "./encoder-to-load.ts";
import { loadRunEncoder } from "./load-run-encoder.ts";
import { checkpointOfFile, projectionsOfFile } from "./messages/encoder-files.ts";
import { openRunEncoder } from "./open-run-encoder.ts";
import { isTimmFolder, TIMM_WEIGHTS } from "./timm-config.ts";
import type { TrustFlag } from "./trust.ts";

interface AnyEncoderFlags extends TrustFlag {
  readonly checkpoint?: string;
  /** Rows behind the projection head of a run. */
  readonly projections?: boolean;
}

/**
 * Opens the encoder of a run folder, of a safetensors file or of a folder of timm's.
 *
 * @throws {TsslError} as `openRunEncoder` and `openEncoderFile`; USAGE where a checkpoint or projections of a
 * file are asked for.
 */
export async function openAnyEncoder(from: string, flags: AnyEncoderFlags): Promise<EncoderToLoad> {
  const isFile = statSync(from, { throwIfNoEntry: false })?.isDirectory() === false;
  const isOfTimm = !isFile && isTimmFolder(from);
  if (!isFile && !isOfTimm) return openEncoderOfRun(from, flags);
  if (flags.checkpoint !== undefined) throw checkpointOfFile(from);
  if (flags.projections === true) throw projectionsOfFile(from);
  return openEncoderFile(isOfTimm ? path.join(from, TIMM_WEIGHTS) : from);
}

async function openEncoderOfRun(runFolder: string, flags: AnyEncoderFlags): Promise<EncoderToLoad> {
  const run = await openRunEncoder(runFolder, flags);
  return {
    async load() {
      const { checkpoint: asked, projections = false } = flags;
      const { encoder, compile } = await loadRunEncoder(runFolder, run, asked, projections);
      const { facts, checkpoint } = encoder;
      const mark = [facts.config, facts.step, facts.savedAt, compile.precision, projections];
      return { encoder, name: checkpoint, mark };
    },
  };
}
