import type { RunData } from "../evaluation/open-data.ts";
import { overlapNotes } from "../evaluation/overlap-notes.ts";
import { heldOutWithoutLabels } from "../messages/options.ts";
import { takesLong } from "../run/run-identity.ts";
import type { Services } from "./services.ts";
import { identify, type StartedIdentity } from "./started-identity.ts";
import type { Tell } from "./tell.ts";
import type { TrainingOptions } from "./training-options.ts";

/**
 * Finds the run's images, and begins to look at each of them, by which their copies in the test set are told.
 *
 * @throws {TsslError} INVALID_OPTION where `checkpoint.best` needs labels and there are none; otherwise as
 * the data.
 */
export async function openImages(
  { config, resume }: TrainingOptions,
  services: Pick<Services, "openData">,
  tell: Tell,
  signal: AbortSignal,
): Promise<{ readonly data: RunData; readonly identity: StartedIdentity }> {
  const opened = await services.openData(config.settings, tell);
  if (config.settings.checkpoint.best === "held-out" && opened.knnData === undefined) {
    throw heldOutWithoutLabels();
  }
  const notes = [...opened.notes];
  const data = { ...opened, notes };
  const identity = identify(config, data, signal);
  const overlap = identity.images.then(async (images) => {
    for (const note of await overlapNotes(data, images)) {
      notes.push(note);
      tell(note);
    }
  });
  overlap.catch(() => undefined); // reported where it is waited for
  // A run that goes on is held to its images first; a new one of many need not wait for them.
  if (resume !== undefined || !takesLong(data)) await overlap;
  return { data, identity };
}
