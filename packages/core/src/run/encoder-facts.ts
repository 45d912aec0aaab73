import { TsslError } from "../errors.ts";
import { checkpointNotFound } from "../messages/checkpoint.ts";
import { type EncoderFacts, listCheckpoints, readCheckpointFacts } from "./checkpoint.ts";
import { checkpointsOf, readRunContent } from "./run-folder.ts";

/**
 * What the checkpoints of a run say of its encoder: all of them say the same.
 *
 * @throws {TsslError} RUN_FOLDER if the folder holds no run, CHECKPOINT if it has no checkpoint.
 */
export async function encoderFactsOf(runFolder: string): Promise<EncoderFacts> {
  await readRunContent(runFolder); // refuses a folder that is not that of a run
  const names = await listCheckpoints(checkpointsOf(runFolder));
  for (const name of [...names].reverse()) {
    const facts = await readCheckpointFacts(checkpointsOf(runFolder), name).catch(unlessDamaged);
    if (facts !== undefined) return facts;
  }
  throw checkpointNotFound(runFolder, undefined, names);
}

/** A damaged checkpoint is passed over for the one before it. */
function unlessDamaged(error: unknown): undefined {
  if (!(error instanceof TsslError && error.code === "CHECKPOINT_DAMAGED")) throw error;
}

/** The plugin whose representation evaluation sees; undefined where that is the encoder's pooled features. */
export const representationOf = async (runFolder: string): Promise<string | undefined> =>
  (await encoderFactsOf(runFolder)).representation;
