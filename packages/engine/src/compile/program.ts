import type * as tf from "@tensorflow/tfjs";

import { messageOf } from "../errors.ts";
import * as messages from "../messages.ts";
import { sessionSettings } from "../start.ts";
import { asRun } from "./as-run.ts";
import { cLibrary } from "./c-library.ts";
import type { CompiledStep, HostTensors, LoadedCall, Program, Step } from "./compiled-step.ts";
import { dataTypeOf } from "./data-types.ts";
import { eagerProgram } from "./eager-program.ts";
import { addToSession, type SessionStep } from "./session-step.ts";
import { requireSizes } from "./input-tensors.ts";
import type { Precision } from "./mixed-precision.ts";
import type { EngineMode } from "./mode.ts";
import { type Recording, recordStep } from "./record.ts";
import { intermediatesPeak } from "../inspect/intermediates-peak.ts";
import { openSession } from "./session.ts";
import { createSessionState } from "./session-state.ts";

/** An event while a step is compiled, to be shown; never an error. */
export type CompileNotice =
  /** The step is recorded for these input shapes; its first run, which compiles it, begins. */
  | { readonly kind: "compiling"; readonly step: string; readonly ops: number; readonly shapes: string }
  /** The first run has ended, `seconds` after the call. */
  | { readonly kind: "compiled"; readonly step: string; readonly seconds: number }
  /** XLA cannot compile the step; from now on it runs in mode graph. */
  | { readonly kind: "fallback"; readonly step: string; readonly reason: string };

export interface ProgramOptions {
  /** All variables that steps read or change. Their values are copied into the session. */
  readonly state: Readonly<Record<string, tf.Variable>>;
  /** Default "graph". */
  readonly mode?: EngineMode;
  /** Default "float32". "bfloat16" needs a compiled mode. */
  readonly precision?: Precision;
  readonly onNotice?: (notice: CompileNotice) => void;
}

/**
 * Largest number of sets of input shapes of a step: a last, smaller batch is fine, a new shape in every call
 * is a mistake.
 */
const MOST_SHAPES = 4;

/**
 * Opens a session that holds `state` and runs steps compiled from plain tfjs code.
 *
 * A step is called once for each set of input shapes, with tensors that have no values, and every TensorFlow
 * op that it uses is recorded. From then on TensorFlow runs the recorded graph, without JavaScript. State
 * variables are assigned after everything is computed. In mode "eager" every call runs the step itself, on
 * the tfjs variables.
 *
 * The engine must be started. The package's README has an example.
 */
export function createProgram(options: ProgramOptions): Program {
  const { state: variables, mode = "graph", precision = "float32", onNotice = () => {} } = options;
  if (mode === "eager") {
    if (precision === "float32") return eagerProgram(variables);
    throw messages.compiledModeNeeded(precision);
  }

  const { libraryFolder, threads, gpuMemoryGrowth } = sessionSettings();
  const library = cLibrary(libraryFolder);
  const session = openSession(library, { threads, gpuMemoryGrowth });
  const state = createSessionState(session, variables);
  let graphs = 0;
  let last: Promise<unknown> = Promise.resolve();
  const waiting = new Set<() => void>();

  const build = (recording: Recording, kind: "graph" | "xla"): SessionStep =>
    addToSession({
      session,
      prefix: `g${graphs++}/`,
      recording: asRun(recording, library, { mode: kind, precision }),
      variables,
      mode: kind,
    });

  const compile = (name: string, step: Step): CompiledStep => {
    const byShapes = new Map<string, Compiled>();

    const compiledFor = (inputs: HostTensors): Compiled => {
      requireSizes(inputs);
      const shapes = shapesText(inputs);
      const known = byShapes.get(shapes);
      if (known !== undefined) return known;
      if (byShapes.size === MOST_SHAPES) throw messages.tooManyShapes(name, [...byShapes.keys(), shapes]);
      const recording = recordStep(step, inputs, variables);
      const compiled = { step: build(recording, mode), recording, shapes, mode, begun: false, proven: false };
      byShapes.set(shapes, compiled);
      return compiled;
    };

    /**
     * The first run, which compiles. If XLA cannot compile the step, no state has changed: assignments come
     * last.
     */
    const prove = async (compiled: Compiled, inputs: readonly bigint[]) => {
      try {
        return await compiled.step.run(inputs);
      } catch (error) {
        if (compiled.mode !== "xla") throw error;
        compiled.step = build(compiled.recording, "graph");
        compiled.mode = "graph";
        onNotice({ kind: "fallback", step: name, reason: messageOf(error) });
        return await compiled.step.run(inputs);
      }
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
        if (waiting.delete(free)) compiled.step.free(loaded);
      };
      waiting.add(free);
      const runNow = async () => {
        if (!waiting.has(free)) throw messages.inputsFreed(name);
        try {
          if (compiled.proven) return await compiled.step.run(loaded);
          const results = await prove(compiled, loaded);
          compiled.proven = true;
          onNotice({ kind: "compiled", step: name, seconds: (performance.now() - called) / 1000 });
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
    state,
    compile,
    async dispose() {
      await last;
      for (const free of waiting) free();
      session.close();
    },
  };
}

/** A step as recorded for one set of input shapes. */
interface Compiled {
  step: SessionStep;
  mode: "graph" | "xla";
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
