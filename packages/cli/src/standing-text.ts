import path from "node:path";

import { counted, inShell, onOneLine, percent } from "@tssl/core/internal";
import type { HealthFinding, RunHealth } from "@tssl/core/run";
import type { KeptAccuracy, ReportData } from "@tssl/report";

/** The progress and the health of a run, as `tssl inspect` shows them. */
export type RunStanding = Pick<
  ReportData,
  "title" | "status" | "statusReason" | "plugins" | "epochs" | "knn" | "evaluations" | "expected"
> & {
  readonly health: RunHealth;
};

const epochsText = (epochs: number): string => String(Number(epochs.toFixed(2)));

/** The progress and the health of a run in a few lines. */
export function standingText(standing: RunStanding, folder: string): string {
  const { title, plugins, knn, health } = standing;
  const lines = [
    `${title}: ${plugins.join(" + ")}`,
    statusText(standing),
    ...knnText(knn),
    ...(standing.evaluations ?? []).map(evaluationText),
    ...health.queues.map(
      ({ name, filled, oldestSteps }) =>
        `queue ${name}: ${filled === 1 ? "full" : `${percent(filled)} full`}, ` +
        `oldest embedding ${counted(oldestSteps, "step")} old`,
    ),
    ...gradientText(health),
    ...cosinesText(health),
    "",
    ...(health.findings.length === 0 ? ["No step has been logged yet."] : health.findings.map(findingText)),
    ...expectedText(standing),
    "",
    `Next: ${nextCommand(standing, folder)}`,
  ];
  return `${lines.map(onOneLine).join("\n")}\n`;
}

function statusText({ status, statusReason, health, epochs: { done, planned } }: RunStanding): string {
  const why = statusReason === undefined ? "" : `: ${statusReason.replace(/\.$/, "")}`;
  return (
    `${status} after ${counted(health.step, "step")}, ${epochsText(done)} of ` +
    `${counted(planned, "epoch")}${why}`
  );
}

function knnText(knn: RunStanding["knn"]): string[] {
  const last = knn?.points.at(-1);
  if (knn === undefined || last === undefined) return [];
  const before =
    knn.untrained === undefined || last.step === 0 ? "" : `, ${percent(knn.untrained)} untrained`;
  return [`kNN ${percent(last.accuracy)} at epoch ${epochsText(last.epoch)}${before}`];
}

/** "kNN, k 20, temperature 0.1 at epoch 2: 36.1 %, 29.6 % untrained (500 labelled images, …)" */
const evaluationText = ({ name, epoch, accuracy, untrained, images }: KeptAccuracy): string =>
  `${name} at epoch ${epochsText(epoch)}: ${percent(accuracy)}` +
  `${untrained === undefined ? "" : `, ${percent(untrained)} untrained`} (${images})`;

function gradientText({ gradient }: RunHealth): string[] {
  if (gradient === undefined) return [];
  const shares = Object.entries(gradient.shares).map(
    ([name, share]) => `${name} ${Math.round(100 * share)} %`,
  );
  return [`gradient at step ${gradient.step}: ${shares.join(", ")}`];
}

function cosinesText({ cosines }: RunHealth): string[] {
  if (cosines === undefined) return [];
  return [
    `cosines at step ${cosines.step}, from -1 to 1:`,
    `  two views of an image  |${bars(cosines.positive)}|`,
    `  two images             |${bars(cosines.negative)}|`,
  ];
}

const BARS = " ▁▂▃▄▅▆▇█";

/**
 * A histogram in one line: the fullest bin has the highest bar, and every bin that is not empty has a bar.
 */
function bars(counts: readonly number[]): string {
  const most = Math.max(...counts);
  return counts.map((count) => BARS[Math.ceil((count / most) * (BARS.length - 1))] ?? " ").join("");
}

const findingText = ({ level, sentence }: HealthFinding): string => `${level.padEnd(7)}  ${sentence}`;

/** "within   kNN accuracy of 29.9 % at epoch 15 is within the expected band of …" */
const expectedText = ({ expected }: RunStanding): string[] =>
  expected === undefined ? [] : [`${(expected.place ?? "note").padEnd(7)}  ${expected.sentence}`];

/**
 * The next command: train again with another config after a failure, otherwise continue, or measure the run
 * by what has not been measured of it.
 */
function nextCommand({ status, knn, evaluations = [], health }: RunStanding, folder: string): string {
  const place = inShell(folder);
  if (health.findings.some(({ level }) => level === "failure")) {
    const config = inShell(path.join(folder, "config.yaml"));
    return `copy ${config}, change the options that the failure names, and train again: tssl train <copy>`;
  }
  if (status === "running") return `tssl watch ${place}`;
  if (status !== "finished") return `tssl train --resume ${place}`;
  const isDone = (kind: KeptAccuracy["kind"]) =>
    evaluations.some((each) => each.kind === kind && each.step === health.step);
  const images = knn === undefined ? " --train <labelled images> --test <labelled images>" : "";
  if (!isDone("linear")) return `tssl evaluate linear ${place}${images}`;
  if (knn === undefined && !isDone("knn")) return `tssl evaluate knn ${place}${images}`;
  return `tssl report ${place}`;
}
