import { computeFirst } from "@tssl/engine";
import * as tf from "@tensorflow/tfjs";

import { TsslError } from "../errors.ts";
import { clipByGlobalNorm, globalNorm } from "../optimizers/clip-by-global-norm.ts";
import type { Gradients, Optimizer } from "../optimizers/optimizer.ts";
import { type EmbeddingSpace, embeddingSpace } from "../plugins/embedding-space.ts";
import { inHook } from "../plugins/in-hook.ts";
import type { PluginRun, StepResult } from "../plugins/plugin.ts";
import type { Publication } from "../plugins/publication.ts";
import type { InputBoard } from "../plugins/create-build.ts";
import type { StateStore } from "../state/store.ts";
import { embeddingGeometry, highestRank } from "./embedding-geometry.ts";
import { embeddingSpread } from "./embedding-spread.ts";
import { namingLeaks } from "./naming-leaks.ts";
import type { StepPhase, StepWatch } from "./step-watch.ts";

/** What one forward and backward pass takes in; all of it tensors, so that the step can be recorded. */
export interface StepPart {
  /** `[B, H, W, 3]` float32 per view. */
  readonly views: Readonly<Record<string, tf.Tensor4D>>;
  readonly indices: tf.Tensor1D;
  /** Values of the inputs that plugins asked for, by full name. */
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
}

export interface RunningPlugin {
  readonly name: string;
  readonly run: PluginRun;
}

export interface StepParts {
  readonly plugins: readonly RunningPlugin[];
  readonly store: StateStore;
  readonly board: InputBoard;
  readonly optimizer: Optimizer;
  /** Gradients longer than this, taken as one vector, are scaled down to it. */
  readonly clipNorm?: number;
  /** Forgets which once-per-step effects have run. */
  readonly beginStep: () => void;
  /** Is told of tensors that the first step leaves behind; see `namingLeaks`. */
  readonly onLeak?: (sentence: string) => void;
}

interface StepFunction {
  (
    parts: readonly StepPart[],
    learningRate: tf.Scalar,
    normalize?: (images: tf.Tensor4D) => tf.Tensor4D,
    watch?: StepWatch,
  ): Record<string, tf.Scalar>;
}

/**
 * One optimizer step: scalars by name come out ("loss", "gradientNorm", "moco/infoNce", …), everything else stays in the state.
 *
 * `normalize` makes of a part's images what the plugins see, when that part begins: those of later parts wait as they came.
 */
export interface TrainStep extends StepFunction {
  /** Names of the loss terms, such as "moco/infoNce"; known once a step has run. */
  readonly terms: ReadonlySet<string>;
  /** The chance level of each loss term that has one, by the term's name; known once a step has run. */
  readonly chanceLevels: Readonly<Record<string, number>>;
  /** What a metric can be at most, by its name, where that says something of it ("embedding/rank"); known once a step has run. */
  readonly highest: Readonly<Record<string, number>>;
}

/**
 * Joins the plugins and the optimizer into one function of tensors and state.
 *
 * Order: every plugin's `step`, in running order; the gradient of the sum of all terms; the optimizer; then every plugin's `after`.
 * With several parts, gradients and scalars are averaged over them before the one update. No value is read back.
 *
 * @returns a function whose results the caller owns; nothing else is left behind.
 */
export function composeStep(stepParts: StepParts): TrainStep {
  const { plugins, store, board, optimizer, clipNorm, beginStep, onLeak } = stepParts;
  const trained = store.trained();
  const variables = trained.map(({ variable }) => variable);
  const chanceLevels: Record<string, number> = {};
  const highest: Record<string, number> = {};
  const termNames = new Set<string>();

  const take: StepFunction = (parts, learningRate, normalize = (images) => images, watch = {}) => {
    const kept: tf.Tensor[] = [];
    const keep = <T extends tf.Tensor>(tensor: T): T => {
      kept.push(tensor);
      return tf.keep(tensor);
    };
    beginStep();
    try {
      return tf.tidy(() => {
        const afters: (() => void)[] = [];
        const scalars: Record<string, tf.Scalar>[] = [];
        let gradients: Gradients = new Map();

        for (const { views, indices, inputs } of parts) {
          // Otherwise a compiled step holds the activations of all parts at once, which accumulating is there to avoid.
          if (gradients.size > 0) computeFirst([...gradients.values()]);
          watch.onPhase?.({ hook: "images" });
          const normalized = Object.entries(views).map(
            ([name, images]) => [name, normalize(images)] as const,
          );
          const part = { views: Object.fromEntries(normalized), indices, inputs };
          board.show(part.inputs);
          const named: Record<string, tf.Scalar> = {};
          const { value, grads } = tf.variableGrads(() => {
            const terms: tf.Scalar[] = [];
            const onResult = (plugin: string, result: StepResult) => {
              for (const [name, term] of Object.entries({ ...result.terms })) {
                termNames.add(`${plugin}/${name}`);
                terms.push(term.weight === undefined ? term.loss : tf.mul(term.loss, term.weight));
                named[`${plugin}/${name}`] = keep(term.loss);
                if (term.chance !== undefined) chanceLevels[`${plugin}/${name}`] = term.chance;
              }
              for (const [name, metric] of Object.entries({ ...result.metrics })) {
                named[`${plugin}/${name}`] = keep(metric);
              }
              for (const { publication, value } of result.publish ?? []) {
                if (publication.name !== embeddingSpace.name) continue;
                const rank = highestRank(value as EmbeddingSpace);
                if (rank !== undefined) highest["embedding/rank"] = rank;
              }
              if (result.after !== undefined) {
                const after = result.after.bind(result);
                afters.push(() => {
                  board.show(part.inputs);
                  watch.onPhase?.({ plugin, hook: "after" });
                  inHook(plugin, "after", after);
                });
              }
            };
            runPlugins(plugins, part, keep, onResult, (phase) => watch.onPhase?.(phase));
            return tf.addN(terms).asScalar();
          }, variables);
          scalars.push({ loss: value, ...named });
          gradients = addGradients(
            gradients,
            new Map(
              trained.flatMap(({ name, variable }) =>
                grads[variable.name] ? [[name, grads[variable.name]!]] : [],
              ),
            ),
          );
        }

        watch.onPhase?.({ hook: "optimizer" });
        gradients = scaleGradients(gradients, 1 / parts.length);
        watch.onGradients?.(gradients);
        const norm = globalNorm(gradients);
        optimizer.update(
          clipNorm === undefined ? gradients : clipByGlobalNorm(gradients, norm, clipNorm),
          learningRate,
        );
        for (const after of afters) after();
        return { ...averaged(scalars), gradientNorm: norm };
      });
    } finally {
      board.show({});
      for (const tensor of kept) tensor.dispose();
    }
  };
  let isFirst = true;
  const step: StepFunction = (parts, learningRate, normalize, watch) => {
    if (!isFirst || onLeak === undefined) return take(parts, learningRate, normalize, watch);
    isFirst = false;
    const takeIn = (enter: (phase: StepPhase) => void) => {
      const onPhase = (phase: StepPhase) => {
        enter(phase);
        watch?.onPhase?.(phase);
      };
      return take(parts, learningRate, normalize, { ...watch, onPhase });
    };
    return namingLeaks(takeIn, onLeak, Object.values(store.variables()));
  };
  return Object.assign(step, { chanceLevels, highest, terms: termNames });
}

/** Calls every plugin's `step` in running order, and hands its result to `onResult` before the next. Tensors are freed by the caller. */
export function runPlugins(
  plugins: readonly RunningPlugin[],
  { views, indices }: StepPart,
  keep: <T extends tf.Tensor>(tensor: T) => T,
  onResult: (plugin: string, result: StepResult) => void,
  onPhase: (phase: StepPhase) => void = () => {},
): void {
  const values = new Map<string, unknown>();
  const use = <T>(publication: Publication<T>): T => {
    if (!values.has(publication.name)) {
      throw new TsslError(
        "INVALID_PLUGIN",
        `"${publication.name}" was not published in this step. Name it in \`requires\`, so that its publisher runs first.`,
      );
    }
    return values.get(publication.name) as T;
  };
  for (const { name, run } of plugins) {
    onPhase({ plugin: name, hook: "step" });
    const result = inHook(name, "step", () => run.step({ views, indices, use, keep }));
    for (const { publication, value } of result.publish ?? []) values.set(publication.name, value);
    onResult(name, result);
  }
  onPhase({ hook: "metrics" });
  if (values.has(embeddingSpace.name)) {
    const space = use(embeddingSpace);
    onResult("embedding", {
      terms: {},
      metrics: { spread: embeddingSpread(space), ...embeddingGeometry(space) },
    });
  }
}

function addGradients(sum: Gradients, added: Gradients): Gradients {
  if (sum.size === 0) return added;
  return new Map(
    [...added].map(([name, gradient]) => {
      const earlier = sum.get(name);
      return [name, earlier === undefined ? gradient : tf.add(earlier, gradient)];
    }),
  );
}

function scaleGradients(gradients: Gradients, factor: number): Gradients {
  if (factor === 1) return gradients;
  return new Map([...gradients].map(([name, gradient]) => [name, tf.mul(gradient, factor)]));
}

function averaged(scalars: readonly Record<string, tf.Scalar>[]): Record<string, tf.Scalar> {
  const names = Object.keys(scalars[0]!);
  return Object.fromEntries(
    names.map((name) => {
      const values = scalars.map((each) => each[name]!);
      // A copy: the kept originals are freed when the step ends.
      return [
        name,
        values.length === 1 ? values[0]!.clone() : tf.div<tf.Scalar>(tf.addN(values), values.length),
      ];
    }),
  );
}
