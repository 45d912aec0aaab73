import path from "node:path";

import { counted, inShell, percent, points } from "@tssl/core/internal";
import { type RunOutcome, runTraining, type TrainingOptions } from "@tssl/core/run";
import { reportWriter } from "@tssl/report";

import { bottleneckText } from "./bottleneck-text.ts";
import { corruptText } from "./corrupt-text.ts";
import { seeCode } from "./errors.ts";
import { LOST } from "./processes/launch.ts";
import { stoppedBeforeTraining } from "./processes/stopped-before-training.ts";
import { unnamedIn } from "./registry.ts";
import { EXIT_ON, stopSwitch } from "./stop-signals.ts";
import { printNotice, printResult } from "./terminal.ts";
import { trainingDisplay } from "./training-display.ts";

export interface ProfileFlags {
  /** Shows at the end which stage took the time. */
  readonly profile: boolean;
}

/**
 * Trains to the end, or until the first Ctrl-C, after which the step finishes; a second Ctrl-C ends at once.
 */
export async function runAndTell({
  profile = false,
  configFile,
  ...options
}: Pick<TrainingOptions, "config" | "out" | "command" | "resume" | "sources" | "processes"> &
  Partial<ProfileFlags> & { readonly configFile?: string }): Promise<number> {
  const stopping = stopSwitch();
  try {
    const outcome = await runTraining({
      ...options,
      observers: [trainingDisplay(), reportWriter()],
      signal: stopping.signal,
    });
    if (profile && outcome.bottleneck !== undefined) {
      printResult(bottleneckText(outcome.bottleneck));
    }
    printNotice(
      corruptText(
        outcome.corruptFiles ?? [],
        "views of other images took their place" +
          (outcome.evaluations.length === 0 ? "" : ", and kNN does without them"),
        outcome.corruptReasons,
      ),
    );
    // What stood in the config itself is not in the run's folder.
    const isNeeded = configFile !== undefined && unnamedIn(options.config.resolved) !== undefined;
    const config = isNeeded ? `${inShell(configFile)} ` : "";
    printResult(lastWords(outcome, `tssl train ${config}--resume ${inShell(options.out)}`));
    // Where another process was asked to stop, this one has no signal.
    if (outcome.status === "interrupted") return stopping.exitCode() ?? EXIT_ON.SIGTERM;
    if (outcome.code === "PROCESS_LOST") return LOST;
    return outcome.status === "failed" ? 1 : 0;
  } catch (error) {
    return stoppedBeforeTraining(error, stopping);
  } finally {
    stopping.release();
  }
}

function lastWords(outcome: RunOutcome, resume: string): string {
  const { status, reason, code, steps, evaluations, folder } = outcome;
  const report = `Report: ${path.join(folder, "report.html")}\n`;
  if (status === "failed") {
    const coded = code === undefined ? "" : `\n${seeCode(code)}`;
    return (
      `Error: the run failed after ${counted(steps, "step")}: ${reason}${coded}\n` +
      `To continue: ${resume}\n${report}`
    );
  }
  if (status === "interrupted") {
    const saved = path.join(folder, "checkpoints");
    return (
      `Stopped after ${counted(steps, "step")}; the state is saved in ${saved}.\n` +
      `To continue: ${resume}\n${report}`
    );
  }
  const [first, last] = [evaluations[0], evaluations.at(-1)];
  if (first === undefined || last === undefined) return report;
  const gain = points(last.accuracy - first.accuracy);
  const untrained = percent(first.accuracy);
  return `kNN ${percent(last.accuracy)}, ${gain} over the untrained encoder (${untrained}).\n${report}`;
}
