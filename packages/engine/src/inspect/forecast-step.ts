import type * as tf from "@tensorflow/tfjs";

import type { HostTensors, Step } from "../compile/compiled-step.ts";
import { inBfloat16, type Precision } from "../compile/mixed-precision.ts";
import { recordStep } from "../compile/record.ts";
import { lowerStep } from "../lower/module.ts";
import { CARDS, type CardName, topologyOf } from "../pjrt/cards.ts";
import type { CompiledMemory } from "../pjrt/compiled.ts";
import { firstAccepted, REPEATABLE_ON_GPU } from "../pjrt/device-flags.ts";
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
  /** Told of the plugin's download, which is made once. */
  readonly log?: (line: string) => void;
}

/** What a compiled step takes on a card that need not be here. */
export interface StepForecast {
  /** XLA's own numbers. */
  readonly memory: CompiledMemory;
  /** Of convolutions and matrix products, in one step. */
  readonly flops: number;
  /** Seconds that XLA took to compile here. */
  readonly compileSeconds: number;
}

/** Kernels are not tried out, as there is nothing here to run them on. */
const FLAGS = { xla_gpu_autotune_level: 0 };

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
  { state, precision, tensorFloat32, card, log }: ForecastOptions,
): Promise<StepForecast> {
  const recorded = recordStep(step, inputs, state);
  const recording = precision === "bfloat16" ? inBfloat16(recorded) : recorded;
  const { text } = lowerStep(recording, { tensorFloat32 });
  const plugin = openPlugin(await installPlugin(CUDA13, log));
  const started = performance.now();
  const compiled = await firstAccepted(REPEATABLE_ON_GPU, (flags) =>
    compileFor(plugin, topologyOf(CARDS[card]), text, { flags: { ...flags, ...FLAGS } }),
  );
  const memory = compiled.memory();
  compiled.free();
  return {
    memory,
    flops: sum(nodeFigures(recording, Object.keys(state)).map(({ flops }) => flops)),
    compileSeconds: (performance.now() - started) / 1000,
  };
}
