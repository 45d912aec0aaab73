import type { HealthFinding, KnnEvaluation, RunObserver, StepProgress } from "@tssl/core";
import { Presets, SingleBar } from "cli-progress";

/** Where the display goes; standard error, so that standard output stays free for results. */
type Output = NodeJS.WriteStream;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

const minutes = (seconds: number): string => {
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
};

/** A number as `text` has it, or "…" while there is none. */
const known = (value: number, text: (value: number) => string): string =>
  Number.isFinite(value) ? text(value) : "…";

/** "moco/infoNce 6.21  clsa/ddm 6.91" */
const termsOf = (values: Readonly<Record<string, number>>, terms: readonly string[]): string =>
  terms.map((name) => `${name} ${values[name]!.toFixed(2)}`).join("  ");

/** "warning: The loss …"; what is well stands for itself. */
const healthText = ({ level, sentence }: HealthFinding): string =>
  level === "ok" || level === "note" ? sentence : `${level}: ${sentence}`;

/** Scalars that are logged but would only crowd a line. */
const NOT_SHOWN =
  /^(lr|gradientNorm|imagesPerSecond|embedding\/.*|.*\/(accuracy|gradientShare|filled|oldestSteps))$/;

/**
 * Shows a run: a progress bar on a terminal, otherwise a line per epoch; and a line for each evaluation.
 */
export function trainingDisplay(output: Output = process.stderr): RunObserver {
  const bar = output.isTTY ? progressBar(output) : undefined;
  let untrained: number | undefined;
  let last: { step?: StepProgress; knn?: string } = {};
  let stepsPerEpoch = 1;
  let health: readonly HealthFinding[] = [];
  const line = (text: string) => {
    if (bar === undefined) output.write(`${text}\n`);
    else bar.log(`${text}\n`);
  };

  return {
    onStart({ config, facts, engine, mode, precision, folder, stepsDone, evaluations, parameters, views }) {
      stepsPerEpoch = facts.stepsPerEpoch;
      untrained = evaluations[0]?.accuracy;
      const names = config.plugins.map(({ plugin }) => plugin.name).join(" + ");
      output.write(
        `${names} on ${facts.datasetSize} images, ${config.settings.epochs} epochs of ${facts.stepsPerEpoch} steps, batch ${facts.batchSize}\n` +
          `${config.encoder.definition.name}, ${parameters.toLocaleString("en-US")} parameters; views ${views.join(", ")}; ${engine.device.toUpperCase()}, ${engine.threads} threads\n` +
          `mode ${mode.mode} (${mode.reason})${precision === "float32" ? "" : `, ${precision}`}\nrun folder ${folder}\n` +
          (stepsDone > 0 ? `going on after step ${stepsDone} of ${facts.totalSteps}\n` : ""),
      );
      const terms = stepsDone > 0 ? "" : "evaluating the untrained encoder";
      bar?.start(facts.totalSteps, stepsDone, { speed: "…", left: "…", terms });
    },
    onStep(progress) {
      last = { ...last, step: progress };
      const terms = termsOf(
        progress.values,
        Object.keys(progress.values).filter((name) => !NOT_SHOWN.test(name)),
      );
      if (bar !== undefined) {
        bar.update(progress.step, {
          speed: known(progress.imagesPerSecond, (speed) => speed.toFixed(0)),
          left: known(progress.secondsLeft, minutes),
          terms: [terms, last.knn].filter(Boolean).join("  "),
        });
      } else if (progress.step % stepsPerEpoch === 0) {
        line(
          `epoch ${progress.step / stepsPerEpoch}  ${terms}  ${known(progress.imagesPerSecond, (speed) => speed.toFixed(0))} images/s  ${known(progress.secondsLeft, minutes)} left`,
        );
      }
    },
    onCompile(notice) {
      if (notice.kind === "compiling") {
        const text = `compiling the ${notice.step}, ${notice.ops.toLocaleString("en-US")} ops …`;
        if (bar === undefined) line(text);
        else bar.update({ terms: text });
      }
      if (notice.kind === "compiled") line(`compiled the ${notice.step} in ${notice.seconds.toFixed(1)} s`);
      if (notice.kind === "fallback") {
        line(`XLA cannot compile the ${notice.step}; it runs as a plain graph. ${notice.reason}`);
      }
    },
    onEvaluation(evaluation: KnnEvaluation) {
      const { accuracy } = evaluation.result;
      const gain =
        untrained === undefined
          ? "untrained"
          : `${accuracy >= untrained ? "+" : ""}${(100 * (accuracy - untrained)).toFixed(1)} points on untrained`;
      untrained ??= accuracy;
      last = { ...last, knn: `kNN ${percent(accuracy)}` };
      line(`epoch ${Number(evaluation.epoch.toFixed(2))}  kNN ${percent(accuracy)} (${gain})`);
    },
    onHealth(findings) {
      const isNew = ({ about, level }: HealthFinding) =>
        !health.some((earlier) => earlier.about === about && earlier.level === level);
      for (const finding of findings.filter(isNew)) line(`step ${last.step!.step}  ${healthText(finding)}`);
      health = findings;
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
      // Without it a library that was asked for a line above the bar would draw over it.
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
