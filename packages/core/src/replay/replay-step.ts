import { imageFileName } from "@tssl/augment-zoo";
import { createProgram, type HostTensor, startEngine } from "@tssl/engine";

import { engineOptions, programOptions } from "../config/engine-options.ts";
import type { RunConfig } from "../config/parse-config.ts";
import { definitionsIn, withNewDefaults } from "../config/with-new-defaults.ts";
import { epochOrder } from "../data/epoch-order.ts";
import { openData } from "../evaluation/open-data.ts";
import { invalidOption } from "../errors.ts";
import { describeEnvironmentChange, findResumePoint } from "../run/resume.ts";
import { environmentOf } from "../run/environment-of.ts";
import { folderCheckpoints } from "../run/checkpoint-store.ts";
import { checkpointsOf } from "../run/run-folder.ts";
import { fingerprintsOf, settingOf } from "../run/run-identity.ts";
import { type NamedArray, safetensorsPieces } from "../files/safetensors.ts";
import { restoreSnapshot } from "../run/snapshot.ts";
import { writeOutput } from "../files/output-place.ts";
import { mostAhead, type StepBatch, stepBatches } from "../training/batches.ts";
import { compileRun, stepInputs, trainingStep } from "../training/compile-run.ts";
import { type PreparedRun, prepareRun, runFacts } from "../training/prepare-run.ts";
import { readWeights } from "../networks/weights/read-weights.ts";
import { createRunLoader } from "../training/run-loader.ts";
import type { Gradients } from "../optimizers/optimizer.ts";
import { valueSummary, type ValueSummary } from "./value-summary.ts";
import { type NotFiniteOp, watchFinite } from "./watch-finite.ts";

/** A tensor of a step, by what it is and its name. */
export interface ReplayedTensor {
  /**
   * Views as the loader makes them, 0 to 255; inputs, all else that the step is given; gradients before they
   * are clipped.
   */
  readonly kind: "view" | "input" | "state before" | "gradient" | "state after";
  readonly name: string;
  readonly summary: ValueSummary;
}

/** A step of a run, taken again. */
export interface Replay {
  readonly step: number;
  readonly totalSteps: number;
  /** From 0. */
  readonly epoch: number;
  /**
   * The checkpoint that the steps before it were taken again from; absent where that was the start of the
   * run.
   */
  readonly checkpoint?: string;
  readonly indices: readonly number[];
  readonly files: readonly string[];
  readonly learningRate: number;
  /** What the step logs. */
  readonly scalars: Readonly<Record<string, number>>;
  readonly terms: readonly string[];
  readonly tensors: readonly ReplayedTensor[];
  /** The first ops with results that are not finite; none in a healthy step. */
  readonly notFinite: readonly NotFiniteOp[];
}

export interface ReplayOptions {
  readonly config: RunConfig;
  /** The run's folder; nothing in it is changed. */
  readonly folder: string;
  /** From 1, as in metrics.jsonl. */
  readonly step: number;
  readonly allowedChanges: readonly string[];
  readonly tell: (sentence: string) => void;
  /**
   * A safetensors file for the values of every tensor, under "view/…", "input/…", "state before/…",
   * "gradient/…" and "state after/…"; its metadata hold the step, how many the run has, and the scalars.
   */
  readonly save?: string;
}

/** How many ops that are not finite are shown: the first is where it begins, the others how it goes on. */
const MOST_OPS = 8;

/**
 * Takes a step of a run again: goes on from the newest whole checkpoint before it, in the run's own mode, and
 * takes the step itself eagerly, with every result of every op looked at. Images, order, views, host inputs
 * and schedules are functions of seed and step, so the step is the one that the run took; its numbers differ
 * from those of a compiled step in rounding.
 *
 * @throws {TsslError} as a run that is resumed does; INVALID_OPTION for a step that the run does not have.
 */
export async function replayStep({
  config,
  folder,
  step,
  allowedChanges,
  tell,
  save,
}: ReplayOptions): Promise<Replay> {
  const { settings } = config;
  const data = await openData(settings, tell);
  const { train } = data;
  const facts = runFacts(config, train.files.length, { classes: train.classes.length });
  if (!Number.isInteger(step) || step < 1 || step > facts.totalSteps) {
    throw invalidOption("--step", `from 1 to ${facts.totalSteps}, the steps of the run`, step);
  }
  const identity = { ...settingOf(config), images: await fingerprintsOf(data) };
  const { checkpoint } = await findResumePoint(folder, {
    checkpoints: folderCheckpoints(checkpointsOf(folder)),
    identity,
    allowed: allowedChanges,
    tell,
    complete: (earlier) => withNewDefaults(earlier, definitionsIn({ ...config, resolved: identity.config })),
    beforeStep: step,
  });
  const engine = await startEngine(engineOptions(settings.engine));
  const program = programOptions(settings.engine, engine);
  const { weights } = config.encoder;
  const first =
    weights === undefined || checkpoint !== undefined ? {} : { weights: await readWeights(weights) };
  const run = prepareRun(config, facts, first);
  const loader = createRunLoader(settings, run, train.files, engine.device);
  try {
    if (checkpoint !== undefined) {
      restoreSnapshot(checkpoint.snapshot, run.store, { source: checkpoint.name });
      const change = describeEnvironmentChange(
        checkpoint.facts.environment,
        environmentOf(engine, program, facts.replicas),
      );
      if (change !== undefined) tell(change);
    }
    const from = checkpoint?.facts.step ?? 0;
    const { seed } = settings;
    const order = epochOrder(train.files, { seed, shuffleBuffer: settings.data.shuffleBuffer });
    const source = { loader, facts, inputs: run.inputs, order, ahead: mostAhead(run), seed };
    const compiled = compileRun(run, { ...program, mode: program.mode.mode, statistics: settings.data });
    try {
      let before = from;
      for await (const batch of stepBatches(source, from)) {
        if (before === step - 1) {
          compiled.state.toEager();
          const values: Record<string, NamedArray> = {};
          const taken = await takeEagerly(run, config, batch, step, (name, { values: data, shape }) => {
            if (save !== undefined) values[name] = { shape, data: data.slice() };
          });
          batch.release();
          const { totalSteps } = facts;
          if (save !== undefined) await saveTensors(save, values, { step, totalSteps, ...taken.scalars });
          return {
            step,
            totalSteps,
            epoch: Math.floor(before / facts.stepsPerEpoch),
            ...(checkpoint === undefined ? {} : { checkpoint: checkpoint.name }),
            files: taken.indices.map((index) => imageFileName(train.files[index]!)),
            ...taken,
          };
        }
        const learningRate = run.learningRate(before, facts.totalSteps);
        const loaded = compiled.load(batch.parts, learningRate, run.phaseAt(before));
        batch.release();
        await loaded.run();
        before++;
      }
      throw new Error("the run has no such step"); // refused above
    } finally {
      await compiled.dispose();
    }
  } finally {
    await loader.close();
    run.dispose();
  }
}

async function saveTensors(
  file: string,
  values: Readonly<Record<string, NamedArray>>,
  numbers: Readonly<Record<string, number>>,
): Promise<void> {
  const metadata = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, String(value)]));
  await writeOutput(file, safetensorsPieces(values, metadata));
}

/** @param onTensor called with "<kind>/<name>" and values that hold until it returns. */
async function takeEagerly(
  run: PreparedRun,
  { settings }: RunConfig,
  batch: StepBatch,
  step: number,
  onTensor: (name: string, tensor: HostTensor) => void,
) {
  const learningRate = run.learningRate(step - 1, run.facts.totalSteps);
  const inputs = stepInputs(batch.parts, learningRate);
  const tensors: ReplayedTensor[] = [];
  const note = (kind: ReplayedTensor["kind"], name: string, tensor: HostTensor) => {
    tensors.push({ kind, name, summary: valueSummary(tensor.values, tensor.shape) });
    onTensor(`${kind}/${name}`, tensor);
  };
  for (const [name, tensor] of Object.entries(inputs)) {
    note(tensor.values instanceof Uint8Array ? "view" : "input", name, tensor);
  }
  const program = createProgram({ state: run.store.variables(), mode: "eager" });
  const noteState = (kind: ReplayedTensor["kind"]) => {
    for (const [name, tensor] of program.state) note(kind, name, tensor);
  };
  noteState("state before");
  const finite = watchFinite(MOST_OPS);
  const noteGradients = (gradients: Gradients) => {
    for (const [name, gradient] of gradients) {
      note("gradient", name, { values: gradient.dataSync(), shape: gradient.shape });
    }
  };
  let terms: readonly string[] = [];
  const takenStep = trainingStep(run, settings.data, {
    phase: run.phaseAt(step - 1),
    onDescription: (description) => (terms = [...description.terms]),
    onGradients: noteGradients,
    through: (machine) => finite.watched(machine),
  });
  try {
    const taken = await program.compile("step", takenStep).run(inputs);
    noteState("state after");
    return {
      indices: batch.parts.flatMap(({ indices }) => Array.from(indices.values)),
      learningRate,
      terms,
      scalars: Object.fromEntries(Object.entries(taken).map(([name, { values }]) => [name, values[0]!])),
      tensors,
      notFinite: finite.found(),
    };
  } finally {
    finite.stop();
    await program.dispose();
  }
}
