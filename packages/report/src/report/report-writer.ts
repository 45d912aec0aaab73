import path from "node:path";

import { isDiskFull, readKeptEvaluations, withoutSecretsIn } from "@tssl/core/internal";
import type { RunObserver } from "@tssl/core/run";
import { stringify } from "yaml";

import { REPORT_NOT_WRITTEN } from "../messages/writing.ts";
import { findExpectation } from "./expected-standing.ts";
import { readDigest, recordedRunData } from "./recorded-run.ts";
import { runPictures } from "./run-pictures.ts";
import { writeReport } from "./write-report.ts";

/**
 * An observer that writes report.html into the run folder when the run ends, however it ends. On a full disk
 * it says so and the run is not failed.
 */
export const reportWriter = (): RunObserver => ({
  async onEnd(outcome, { config, data, record, out, tell }) {
    const { folder } = outcome;
    const resolved = stringify(withoutSecretsIn(config.resolved));
    const expected = await findExpectation(folder, resolved, record);
    const recorded = {
      folder: out,
      config: resolved,
      record,
      metrics: await readDigest(folder),
      metricsAt: new Date().toISOString(),
      kept: await readKeptEvaluations(folder),
      outcome,
      ...(expected === undefined ? {} : { expected }),
    };
    const report = {
      ...recordedRunData(recorded),
      ...(await runPictures(folder, config, data, record.history)),
    };
    try {
      await writeReport(report, path.join(folder, "report.html"));
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      tell(REPORT_NOT_WRITTEN);
    }
  },
});
