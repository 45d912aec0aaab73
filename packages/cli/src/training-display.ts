import { bytes, counted, duration, onOneLine, percent, points, visibleText } from "@tssl/core/internal";
import type { HealthFinding, KnnEvaluation, MemoryForecast, RunObserver, StepProgress } from "@tssl/core/run";
import { Presets, SingleBar } from "cli-progress";

import { balanceText } from "./balance-text.ts";

/** Destination of the display: standard error, because standard output is for results. */
type Output = NodeJS.WriteStream;

/**
 * "memory: about 1.3 GiB (step 684 MiB, moco.online 43 MiB, …), 21.0 GiB free", with the parts of at least
 * one MiB.
 */
function memoryText({ total, step, state, available }: MemoryForecast): string {
  const parts = [{ name: "step", bytes: step }, ...state].filter((part) => part.bytes >= 2 ** 20);
  const listed = parts.map((part) => `${part.name} ${bytes(part.bytes)}`).join(", ");
  return `memory: about ${bytes(total)}${listed === "" ? "" : ` (${listed})`}, ${bytes(available)} free`;
}

/** Steps after which the duration of the run is estimated and shown. */
const STEPS_TIMED = 10;
/** Shortest remaining duration that is shown, in seconds. */
const LONG = 60;

/** A number as text, or "…" while it is not known. */
const known = (value: number, text: (value: number) => string): string =>
  Number.isFinite(value) ? text(value) : "…";

/** "moco/infoNce 6.21  clsa/ddm 6.91" */
const termsOf = (values: Readonly<Record<string, number>>, terms: readonly string[]): string =>
  terms.map((name) => `${name} ${values[name]!.toFixed(2)}`).join("  ");

/** "warning: The loss …"; good findings and notes have no such prefix. */
const healthText = ({ level, sentence }: HealthFinding): string =>
  level === "ok" || level === "note" ? sentence : `${level}: ${sentence}`;

/** Logged scalars that the display leaves out to keep a line short. */
const NOT_SHOWN =
  /^(lr|gradientNorm|weightNorm|imagesPerSecond|embedding\/.*|.*\/(accuracy|gradientShare|filled|oldestSteps))$/;

/**
 * Shows the progress of a run: a progress bar on a terminal, otherwise a line per epoch; and a line per
 * evaluation.
 */
export function trainingDisplay(output: Output = process.stderr): RunObserver {
  const bar = output.isTTY ? progressBar(output) : undefined;
  let untrained: number | undefined;
  let last: { step?: StepProgress; knn?: string } = {};
  let stepsPerEpoch = 1;
  let health: readonly HealthFinding[] = [];
  let timeIsDueAt = 0;
  /** Tenths of the work before an epoch that are done: without a terminal there is a line for each. */
  let workTenth = -1;
  const line = (text: string) => {
    const shown = onOneLine(text);
    if (bar === undefined) output.write(`${shown}\n`);
    else bar.log(`${shown}\n`);
  };

  return {
    onStart({ config, facts, engine, mode, precision, folder, stepsDone, evaluations, parameters, views }) {
      const { settings, encoder, plugins } = config;
      stepsPerEpoch = facts.stepsPerEpoch;
      timeIsDueAt = stepsDone + STEPS_TIMED;
      untrained = evaluations[0]?.accuracy;
      const names = plugins.map(({ plugin }) => plugin.name).join(" + ");
      const device = `${engine.device.toUpperCase()}, ${counted(engine.threads, "thread")}`;
      const replicas = mode.mode === "pjrt" ? "devices" : "processes";
      const on = facts.replicas === 1 ? "" : `, on ${facts.replicas} ${replicas} together`;
      const lines = [
        `${names} on ${counted(facts.datasetSize, "image")}, ${counted(settings.epochs, "epoch")} of ` +
          `${counted(facts.stepsPerEpoch, "step")}, batch ${facts.batchSize}`,
        `${encoder.definition.name}, ${parameters.toLocaleString("en-US")} parameters; ` +
          `views ${views.join(", ")}; ${device}`,
        `mode ${mode.mode} (${mode.reason})${precision === "float32" ? "" : `, ${precision}`}${on}`,
        `run folder ${folder}`,
        ...(stepsDone > 0 ? [`continuing after step ${stepsDone} of ${facts.totalSteps}`] : []),
      ];
      output.write(`${visibleText(lines.join("\n"))}\n`);
      const terms = stepsDone > 0 ? "" : "evaluating the untrained encoder";
      bar?.start(facts.totalSteps, stepsDone, { speed: "…", left: "…", terms });
    },
    onStep(progress) {
      last = { ...last, step: progress };
      if (progress.step === timeIsDueAt && progress.secondsLeft >= LONG) {
        const epoch = (progress.secondsLeft / (progress.totalSteps - progress.step)) * stepsPerEpoch;
        line(`time: about ${duration(epoch)} per epoch, ${duration(progress.secondsLeft)} left`);
      }
      const terms = termsOf(
        progress.values,
        Object.keys(progress.values).filter((name) => !NOT_SHOWN.test(name)),
      );
      if (bar !== undefined) {
        bar.update(progress.step, {
          speed: known(progress.imagesPerSecond, (speed) => speed.toFixed(0)),
          left: known(progress.secondsLeft, duration),
          terms: onOneLine([terms, last.knn].filter(Boolean).join("  ")),
        });
      } else if (progress.step % stepsPerEpoch === 0) {
        const speed = known(progress.imagesPerSecond, (speed) => speed.toFixed(0));
        const left = known(progress.secondsLeft, duration);
        line(`epoch ${progress.step / stepsPerEpoch}  ${terms}  ${speed} images/s  ${left} left`);
      }
    },
    onForecast: (forecast) => line(memoryText(forecast)),
    onCompile(notice) {
      if (notice.kind === "compiling") {
        const text = `compiling the ${notice.step}, ${notice.ops.toLocaleString("en-US")} ops …`;
        if (bar === undefined) line(text);
        else bar.update({ terms: text });
      }
      if (notice.kind === "compiled") line(`compiled the ${notice.step} in ${notice.seconds.toFixed(1)} s`);
      if (notice.kind === "fallback") {
        line(`XLA cannot compile the ${notice.step}; it runs in mode graph instead. ${notice.reason}`);
      }
      if (notice.kind === "rounding") {
        line(
          `The ${notice.step} may give other bits each time: a run that goes on equals this one to rounding. ` +
            notice.reason,
        );
      }
    },
    onEpochWork({ plugin, step, share, what }) {
      const text = `${plugin} before step ${step + 1}: ${what} (${percent(share)})`;
      const tenth = Math.floor(10 * share);
      if (bar !== undefined) bar.update({ terms: onOneLine(text) });
      else if (tenth !== workTenth) line(text);
      workTenth = tenth;
    },
    onEvaluation(evaluation: KnnEvaluation) {
      const { accuracy, ...balance } = evaluation.result;
      const gain = untrained === undefined ? "untrained" : `${points(accuracy - untrained)} over untrained`;
      untrained ??= accuracy;
      last = { ...last, knn: `kNN ${percent(accuracy)}` };
      const balanced = balanceText(accuracy, balance);
      line(`epoch ${Number(evaluation.epoch.toFixed(2))}  kNN ${percent(accuracy)} (${gain}${balanced})`);
    },
    onHealth(findings) {
      const isNew = ({ about, level }: HealthFinding) =>
        !health.some((earlier) => earlier.about === about && earlier.level === level);
      for (const finding of findings.filter(isNew)) line(`step ${last.step!.step}  ${healthText(finding)}`);
      health = findings;
    },
    onPlan(findings) {
      for (const { level, sentence } of findings)
        line(level === "warning" ? `warning: ${sentence}` : sentence);
    },
    onNotice: line,
    onEnd() {
      bar?.stop();
    },
  };
}

interface LoggingBar {
  start(total: number, at: number, payload: object): void;
  update(at: number, payload: object): void;
  update(payload: object): void;
  log(text: string): void;
  stop(): void;
}

function progressBar(output: Output): LoggingBar {
  const bar = new SingleBar(
    {
      format: "{bar} {percentage}%  {value}/{total}  {speed} images/s  {left} left  {terms}",
      stream: output,
      hideCursor: true,
      barsize: 20,
      linewrap: false,
      // Otherwise the library would draw the bar over a line that was written above it.
      clearOnComplete: false,
    },
    Presets.rect,
  );
  return {
    start: (total, at, payload) => bar.start(total, at, payload),
    update: (...change: [number, object] | [object]) => bar.update(...(change as [object])),
    log: (text) => output.write(`\r\u001b[K${text}`),
    stop: () => bar.stop(),
  };
}
