import type * as tf from "@tensorflow/tfjs";

import { asLowered } from "../compile/as-lowered.ts";
import type { HostTensors, Step } from "../compile/compiled-step.ts";
import { firstShares, inputShare } from "../compile/input-share.ts";
import type { Precision } from "../compile/mixed-precision.ts";
import { recordStep } from "../compile/record.ts";
import { lowerStep } from "../lower/module.ts";
import { CARDS, type CardName, topologyOf } from "../pjrt/cards.ts";
import type { CompiledMemory } from "../pjrt/compiled.ts";
import { WITHOUT_CARD } from "../pjrt/device-flags.ts";
import { compileFor } from "../pjrt/deviceless.ts";
import { openPlugin } from "../pjrt/plugin.ts";
import { CUDA13 } from "../pjrt/plugins.ts";
import { installPlugin } from "../setup/device-plugin.ts";
import { sum } from "./bytes-moved.ts";
import { nodeFigures } from "./node-figures.ts";

export interface ForecastOptions {
  /** All variables that the step reads or changes, as for `createProgram`. */
  readonly state: Readonly<Record<string, tf.Variable>>;
  readonly precision: Precision;
  /** Whether float32 products may be made in TensorFloat-32. */
  readonly tensorFloat32: boolean;
  readonly card: CardName;
  /** Such cards in one machine that run the step together, and the inputs that they share out. Default: 1. */
  readonly replicas?: number;
  readonly shared?: (input: string) => boolean;
  /** Told of the plugin's download, which is made once. */
  readonly log?: (line: string) => void;
}

/** What a compiled step takes on a card that need not be here. */
export interface StepForecast {
  /** XLA's own numbers, of each card. */
  readonly memory: CompiledMemory;
  /** Of convolutions and matrix products, in one step of one card. */
  readonly flops: number;
  /** Seconds that XLA took to compile here. */
  readonly compileSeconds: number;
}

/**
 * Records a step and compiles it with the CUDA plugin for a card that need not be here.
 *
 * The engine must be started. The plugin (135 MB) is downloaded into the cache at the first time.
 *
 * @throws {EngineError} NOT_TRACEABLE, OP_NOT_SUPPORTED, STEP_NOT_COMPILED, and as the set-up.
 */
export async function forecastStep(
  step: Step,
  inputs: HostTensors,
  { state, precision, tensorFloat32, card, replicas = 1, shared = () => false, log }: ForecastOptions,
): Promise<StepForecast> {
  const recorded = recordStep(
    step,
    firstShares(inputs, inputShare("training step", replicas, shared)),
    state,
  );
  const recording = asLowered(recorded, precision);
  const { text } = lowerStep(recording, { tensorFloat32, replicas });
  const plugin = openPlugin(await installPlugin(CUDA13, log));
  const started = performance.now();
  const compiled = await compileFor(plugin, topologyOf(CARDS[card], replicas), text, {
    replicas,
    flags: WITHOUT_CARD,
  });
  const memory = compiled.memory();
  compiled.free();
  return {
    memory,
    flops: sum(nodeFigures(recording, Object.keys(state)).map(({ flops }) => flops)),
    compileSeconds: (performance.now() - started) / 1000,
  };
}
