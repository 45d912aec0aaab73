import type * as tf from "@tensorflow/tfjs";

import { intermediatesPeak } from "../inspect/intermediates-peak.ts";
import { inputsFreed } from "../messages/computing.ts";
import { tooManyShapes } from "../messages/not-traceable.ts";
import { compiledModeNeeded, replicasOfTensorflow } from "../messages/options.ts";
import { processesInMode, replicasAreProcesses, replicasOfProcesses } from "../messages/processes.ts";
import { processDevice } from "../pjrt/process-client.ts";
import { processExchange } from "../processes/exchange.ts";
import { processGroup, requireTensorflow, sessionSettings, usesTensorFloat32 } from "../start.ts";
import type { Backend, BackendStep } from "./backend.ts";
import type { CompiledStep, HostTensors, LoadedCall, Program, Step, StepOptions } from "./compiled-step.ts";
import { dataTypeOf } from "./data-types.ts";
import { eagerProgram } from "./eager-program.ts";
import { firstShares, inputShare } from "./input-share.ts";
import { requireSizes } from "./input-tensors.ts";
import type { Precision } from "./mixed-precision.ts";
import type { EngineMode } from "./mode.ts";
import { pjrtBackend } from "./pjrt-backend.ts";
import { type Recording, recordStep } from "./record.ts";
import { tensorflowBackend } from "./tensorflow-backend.ts";

/** An event while a step is compiled, to be shown; never an error. */
export type CompileNotice =
  /** The step is recorded for these input shapes; its first run, which compiles it, begins. */
  | { readonly kind: "compiling"; readonly step: string; readonly ops: number; readonly shapes: string }
  /** The first run has ended, `seconds` after the call. */
  | { readonly kind: "compiled"; readonly step: string; readonly seconds: number }
  /** XLA cannot compile the step; from now on it runs in mode graph. */
  | { readonly kind: "fallback"; readonly step: string; readonly reason: string }
  /** Mode pjrt on a GPU: the step does not give the same bits each time, as XLA cannot compile it so. */
  | { readonly kind: "rounding"; readonly step: string; readonly reason: string };

export interface ProgramOptions {
  /** All variables that steps read or change. Their values are copied into the program. */
  readonly state: Readonly<Record<string, tf.Variable>>;
  /** Default "graph". */
  readonly mode?: EngineMode;
  /** Default "float32". "bfloat16" needs a compiled mode. */
  readonly precision?: Precision;
  /** Whether GPUs multiply in TensorFloat-32 in mode "pjrt". Default: as the engine was started. */
  readonly tensorFloat32?: boolean;
  /**
   * Devices that compute together in mode "pjrt", of all processes of the group, or processes in mode
   * "graph", each with the whole state: see `StepOptions.shared`. Default 1.
   */
  readonly replicas?: number;
  readonly onNotice?: (notice: CompileNotice) => void;
}

/**
 * Largest number of sets of input shapes of a step: a last, smaller batch is fine, a new shape in every call
 * is a mistake.
 */
const MOST_SHAPES = 4;

/**
 * Refuses replicas that there is nothing to compute on: in mode "pjrt" each has a device, in mode "graph" a
 * process.
 *
 * @throws {EngineError} INVALID_OPTION
 */
export function requireReplicasIn(mode: EngineMode, replicas: number): void {
  if (replicas === 1) return;
  const group = processGroup();
  if (group === undefined) {
    if (mode !== "pjrt") throw replicasOfTensorflow(replicas, mode);
    return;
  }
  if (mode !== "graph" && mode !== "pjrt") throw processesInMode(mode);
  const processes = group.addresses.length;
  if (mode === "graph" && replicas !== processes) throw replicasAreProcesses(replicas, processes);
  if (replicas % processes !== 0) throw replicasOfProcesses(replicas, processes);
}

/**
 * Takes `state` over and runs steps compiled from plain tfjs code.
 *
 * A step is called once for each set of input shapes, with tensors that have no values, and every TensorFlow
 * op that it uses is recorded. From then on TensorFlow, or the plugin of a device in mode "pjrt", runs the
 * recording, without JavaScript. State variables are assigned after everything is computed. In mode "eager"
 * every call runs the step itself, on the tfjs variables.
 *
 * The engine must be started. The package's README has an example.
 */
export function createProgram(options: ProgramOptions): Program {
  const {
    state: variables,
    mode = "graph",
    precision = "float32",
    replicas = 1,
    onNotice = () => {},
  } = options;
  requireReplicasIn(mode, replicas);
  if (mode === "eager") {
    requireTensorflow();
    if (precision === "float32") return eagerProgram(variables);
    throw compiledModeNeeded(precision);
  }

  const backend = openBackend(options, mode, precision);
  let last: Promise<unknown> = Promise.resolve();
  const waiting = new Set<() => void>();

  const compile = (
    name: string,
    step: Step,
    { shared, ofThisProcess = false }: StepOptions = {},
  ): CompiledStep => {
    // Each process of a group is given the rows of its own replicas.
    const isOfAll = mode === "pjrt" && replicas > 1;
    const share =
      isOfAll && shared !== undefined ? inputShare(name, replicasHere(replicas), shared) : undefined;
    const byShapes = new Map<string, Compiled>();

    const compiledFor = (inputs: HostTensors): Compiled => {
      requireSizes(inputs);
      const shapes = shapesText(inputs);
      const known = byShapes.get(shapes);
      if (known !== undefined) return known;
      if (byShapes.size === MOST_SHAPES) throw tooManyShapes(name, [...byShapes.keys(), shapes]);
      const recording = recordStep(step, firstShares(inputs, share), variables);
      const sharing = share && { share, byAllProcesses: !ofThisProcess };
      const built = backend.build(recording, name, sharing);
      const compiled: Compiled = { step: built, recording, shapes, begun: false, proven: false };
      byShapes.set(shapes, compiled);
      return compiled;
    };

    const load = (inputs: HostTensors): LoadedCall => {
      const called = performance.now();
      const compiled = compiledFor(inputs);
      if (!compiled.begun) {
        compiled.begun = true;
        const { recording, shapes } = compiled;
        onNotice({ kind: "compiling", step: name, ops: recording.nodes.length, shapes });
      }
      const loaded = compiled.step.load(inputs);
      const free = () => {
        if (waiting.delete(free)) loaded.free();
      };
      waiting.add(free);
      const runNow = async () => {
        if (!waiting.has(free)) throw inputsFreed(name);
        try {
          const results = await loaded.run();
          if (!compiled.proven) {
            compiled.proven = true;
            onNotice({ kind: "compiled", step: name, seconds: (performance.now() - called) / 1000 });
          }
          return results;
        } finally {
          free();
        }
      };
      return {
        run() {
          const running = last.then(runNow);
          last = running.catch(() => undefined);
          return running;
        },
      };
    };
    return {
      load,
      run: async (inputs) => load(inputs).run(),
      record(inputs) {
        const { recording } = compiledFor(inputs);
        return { ops: recording.nodes.length, intermediateBytes: intermediatesPeak(recording) };
      },
    };
  };

  return {
    mode,
    state: backend.state,
    compile,
    async dispose() {
      await last;
      for (const free of waiting) free();
      backend.close();
    },
  };
}

function openBackend(
  {
    state: variables,
    tensorFloat32 = usesTensorFloat32(),
    replicas = 1,
    onNotice = () => {},
  }: ProgramOptions,
  mode: Exclude<EngineMode, "eager">,
  precision: Precision,
): Backend {
  if (mode === "pjrt") {
    const onRounding = (step: string, reason: string) => onNotice({ kind: "rounding", step, reason });
    const group = replicas > 1 ? processGroup() : undefined;
    return pjrtBackend({
      ...{ variables, precision, tensorFloat32, onRounding },
      device: processDevice(),
      replicas: replicasHere(replicas),
      ...(group === undefined
        ? {}
        : {
            others: { rank: group.rank, count: group.addresses.length, exchange: processExchange(group) },
          }),
    });
  }
  const { group, ...alone } = sessionSettings();
  const settings = { ...alone, ...(replicas > 1 && group !== undefined ? { group } : {}) };
  const onFallback = (step: string, reason: string) => onNotice({ kind: "fallback", step, reason });
  return tensorflowBackend({ variables, mode, precision, settings, onFallback });
}

/** Replicas of a program that this process has the devices of. */
const replicasHere = (replicas: number): number =>
  replicas === 1 ? 1 : replicas / (processGroup()?.addresses.length ?? 1);

/** A step as recorded for one set of input shapes. */
interface Compiled {
  readonly step: BackendStep;
  readonly recording: Recording;
  readonly shapes: string;
  /** True once its first run is requested. */
  begun: boolean;
  /** True once its first run has succeeded, and all of it is compiled. */
  proven: boolean;
}

const shapesText = (inputs: HostTensors): string =>
  Object.entries(inputs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { values, shape }]) => `${name} ${dataTypeOf(values)}[${shape.join(", ")}]`)
    .join("; ");
