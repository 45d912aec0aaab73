import { metricsFileOf, readMetrics, readRecordedRun, recordedRunData } from "@tssl/core";

import { standingText } from "../standing-text.ts";

export interface InspectRunFlags {
  readonly json: boolean;
}

/** `tssl inspect <run>`: what ran, how it stands, whether it is well, what to do next. */
export async function inspectRunCommand(runFolder: string, { json }: InspectRunFlags): Promise<number> {
  const run = await readRecordedRun(runFolder, () => readMetrics(metricsFileOf(runFolder)));
  const { metrics: _metrics, references: _references, config: _config, ...standing } = recordedRunData(run);
  process.stdout.write(json ? `${JSON.stringify(standing)}\n` : standingText(standing, runFolder));
  return 0;
}
