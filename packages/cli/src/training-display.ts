import type { HealthFinding, KnnEvaluation, MemoryForecast, RunObserver, StepProgress } from "@tssl/core/run";
import { Presets, SingleBar } from "cli-progress";

/** Where the display goes; standard error, so that standard output stays free for results. */
type Output = NodeJS.WriteStream;

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** "42 s", "1 min 05 s", "3 h 20 min" */
const duration = (seconds: number): string => {
  const whole = Math.round(seconds);
  const padded = (part: number) => String(part).padStart(2, "0");
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${padded(whole % 60)} s`;
  const inMinutes = Math.round(seconds / 60);
  return `${Math.floor(inMinutes / 60)} h ${padded(inMinutes % 60)} min`;
};

const size = (bytes: number): string =>
  bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toFixed(0)} MiB` : `${(bytes / 2 ** 30).toFixed(1)} GiB`;

/** "memory: about 1.3 GiB; of it a step 684 MiB, moco.online 43 MiB, … (21 GiB free)": parts of at least one MiB. */
function forecastText({ total, step, state, available }: MemoryForecast): string {
  const parts = [{ name: "a step", bytes: step }, ...state].filter(({ bytes }) => bytes >= 2 ** 20);
  const listed = parts.map(({ name, bytes }) => `${name} ${size(bytes)}`).join(", ");
  return `memory: about ${size(total)}${listed === "" ? "" : `; of it ${listed}`} (${size(available)} free)`;
}

/** Steps after which the time that a run takes is said. */
const STEPS_TIMED = 10;
/** Seconds that a run must take for that. */
const LONG = 60;

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
  let timeIsDueAt = 0;
  const line = (text: string) => {
    if (bar === undefined) output.write(`${text}\n`);
    else bar.log(`${text}\n`);
  };

  return {
    onStart({ config, facts, engine, mode, precision, folder, stepsDone, evaluations, parameters, views }) {
      stepsPerEpoch = facts.stepsPerEpoch;
      timeIsDueAt = stepsDone + STEPS_TIMED;
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
      if (progress.step === timeIsDueAt && progress.secondsLeft >= LONG) {
        const epoch = (progress.secondsLeft / (progress.totalSteps - progress.step)) * stepsPerEpoch;
        line(`time: about ${duration(epoch)} per epoch, ${duration(progress.secondsLeft)} to go`);
      }
      const terms = termsOf(
        progress.values,
        Object.keys(progress.values).filter((name) => !NOT_SHOWN.test(name)),
      );
      if (bar !== undefined) {
        bar.update(progress.step, {
          speed: known(progress.imagesPerSecond, (speed) => speed.toFixed(0)),
          left: known(progress.secondsLeft, duration),
          terms: [terms, last.knn].filter(Boolean).join("  "),
        });
      } else if (progress.step % stepsPerEpoch === 0) {
        line(
          `epoch ${progress.step / stepsPerEpoch}  ${terms}  ${known(progress.imagesPerSecond, (speed) => speed.toFixed(0))} images/s  ${known(progress.secondsLeft, duration)} left`,
        );
      }
    },
    onForecast: (forecast) => line(forecastText(forecast)),
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
