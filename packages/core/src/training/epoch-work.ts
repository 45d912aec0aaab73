import { randomStream } from "@tssl/augment-zoo";
import type { HostValues, ProgramState } from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";

import { stateOfAnotherPlugin, variableNotInState } from "../messages/hooks.ts";
import type { FeatureExtractor } from "../evaluation/compile-features.ts";
import { extractFeatures } from "../evaluation/extract-features.ts";
import type { EvaluationImages } from "../evaluation/images.ts";
import type { Network } from "../networks/network.ts";
import type { EpochContext, EpochFeatures } from "../plugins/epoch-context.ts";
import { inHookAsync } from "../plugins/in-hook.ts";
import type { EpochWorkProgress } from "../run/observer.ts";
import type { CompiledRun } from "./compile-run.ts";
import type { PreparedRun } from "./prepare-run.ts";
import type { RunningPlugin } from "./step-machine.ts";

/** The work that plugins do on the host before epochs and phases: `PluginRun.beforeEpoch`. */
export interface EpochWork {
  /** Whether there is work to do between this many steps and the next. Once it was done there is none. */
  isDue(step: number): boolean;
  /** Does the work. Stopped by the signal it leaves the state as it was, and is due again. */
  do(step: number): Promise<void>;
  /** Whether the work that was due after so many steps is done. */
  isDone(step: number): boolean;
}

export interface EpochWorkOptions {
  readonly run: PreparedRun;
  readonly compiled: Pick<CompiledRun, "embeddings"> & {
    readonly state: Pick<ProgramState, "read" | "writeEach">;
  };
  /** The training images, unaugmented. */
  readonly images: EvaluationImages;
  readonly seed: number;
  readonly signal: AbortSignal;
  /** The number of steps after which the work was done already, by an earlier part of the run. */
  readonly doneAt?: number;
  readonly onProgress: (progress: EpochWorkProgress) => void;
}

export function createEpochWork(options: EpochWorkOptions): EpochWork {
  const { run, compiled, images, seed, signal, onProgress } = options;
  const { stepsPerEpoch, totalSteps } = run.facts;
  let { doneAt } = options;
  const extractors = new Map<Network, FeatureExtractor>();

  const extractorOf = (network: Network): FeatureExtractor => {
    const known = extractors.get(network) ?? compiled.embeddings(network);
    extractors.set(network, known);
    return known;
  };

  const features = async (network: Network): Promise<EpochFeatures> => {
    const extractor = extractorOf(network);
    const stoppable: FeatureExtractor = {
      dim: extractor.dim,
      extract(batch) {
        signal.throwIfAborted();
        return extractor.extract(batch);
      },
    };
    const { count } = images;
    const { dim } = extractor;
    const found = await extractFeatures(stoppable, images);
    const values = new Float32Array(count * dim);
    found.images.forEach((image, row) =>
      values.set(found.values.subarray(row * dim, (row + 1) * dim), image * dim),
    );
    return { count, dim, values };
  };

  /** The plugins whose epoch or phase begins after so many steps. */
  const dueOf = (step: number): readonly RunningPlugin[] =>
    run.plugins.filter(
      ({ name, run: { beforeEpoch } }) =>
        beforeEpoch !== undefined &&
        (step % stepsPerEpoch === 0 || run.phaseAt(step).phases[name] !== run.phaseAt(step - 1).phases[name]),
    );

  const isDue = (step: number): boolean => step < totalSteps && doneAt !== step && dueOf(step).length > 0;

  return {
    isDue,
    isDone: (step) => doneAt === step,
    async do(step) {
      const written = new Map<string, HostValues>();
      try {
        for (const { name, run: plugin } of dueOf(step)) {
          const context: EpochContext = {
            epoch: Math.floor(step / stepsPerEpoch),
            step,
            phase: run.phaseAt(step).phases[name] ?? "",
            random: randomStream(seed, "before epoch", name, step),
            signal,
            features,
            read: (variable) => compiled.state.read(nameOf(run, variable)),
            write: (variable, values) => written.set(ownName(run, name, variable), values),
            progress: (share, what) => onProgress({ plugin: name, step, share, what }),
          };
          await inHookAsync(name, "beforeEpoch", async () => plugin.beforeEpoch!(context));
          signal.throwIfAborted();
        }
      } catch (error) {
        if (signal.aborted) return; // done anew when the run goes on
        throw error;
      }
      compiled.state.writeEach(written);
      doneAt = step;
    },
  };
}

function nameOf(run: PreparedRun, variable: tf.Tensor): string {
  const entry = run.store.entries().find((each) => each.variable === variable);
  if (entry !== undefined) return entry.name;
  throw variableNotInState();
}

function ownName(run: PreparedRun, plugin: string, variable: tf.Tensor): string {
  const name = nameOf(run, variable);
  if (name.startsWith(`${plugin}.`)) return name;
  throw stateOfAnotherPlugin(plugin, name);
}
