import type * as tf from "@tensorflow/tfjs";

import { EngineError, messageOf } from "../errors.ts";
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

/** What happens on the way to a compiled step; to be shown, never an error. */
export type CompileNotice =
  /** Recorded for these input shapes; its first run, which compiles it, begins. */
  | { readonly kind: "compiling"; readonly step: string; readonly ops: number; readonly shapes: string }
  /** The first run has ended, this many seconds after the call. */
  | { readonly kind: "compiled"; readonly step: string; readonly seconds: number }
  /** XLA does not compile it; it runs as a plain graph from now on. */
  | { readonly kind: "fallback"; readonly step: string; readonly reason: string };

export interface ProgramOptions {
  /** Everything that steps read or change beyond their inputs. Their values are copied into the session. */
  readonly state: Readonly<Record<string, tf.Variable>>;
  /** Default "graph". */
  readonly mode?: EngineMode;
  /** Default "float32". "bfloat16" needs a compiled mode: eager ops run as they are written. */
  readonly precision?: Precision;
  readonly onNotice?: (notice: CompileNotice) => void;
}

/** Shapes that one step may be recorded for: a last, smaller batch is one; a new shape in every call is a mistake. */
const MOST_SHAPES = 4;

/**
 * Opens a session that holds `state` and runs steps compiled from plain tfjs code.
 *
 * A step is called once for each set of input shapes, with tensors that have no values; every TensorFlow op that it asks for is written down, and from then on
 * the graph runs in TensorFlow's own executor, without JavaScript. Assignments to state variables are carried out after
 * everything was computed. In mode "eager" every call runs the step as it is, on the tfjs variables themselves.
 *
 * The engine must be started. See the package's README for an example.
 */
export function createProgram(options: ProgramOptions): Program {
  const { state: variables, mode = "graph", precision = "float32", onNotice = () => {} } = options;
  if (mode === "eager") {
    if (precision === "float32") return eagerProgram(variables);
    throw new EngineError(
      "INVALID_OPTION",
      `precision "${precision}" needs mode "graph" or "xla", got "eager".`,
    );
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
      if (byShapes.size === MOST_SHAPES) throw tooManyShapes(name, [...byShapes.keys(), shapes]);
      const recording = recordStep(step, inputs, variables);
      const compiled = { step: build(recording, mode), recording, shapes, mode, begun: false, proven: false };
      byShapes.set(shapes, compiled);
      return compiled;
    };

    /** The first run, which compiles. What XLA cannot compile has changed nothing: assignments come after it. */
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
        if (!waiting.has(free)) throw alreadyFreed(name);
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
  /** Its first run has been asked for. */
  begun: boolean;
  /** Its first run has ended well, so whatever compiles has compiled. */
  proven: boolean;
}

const alreadyFreed = (name: string): EngineError =>
  new EngineError(
    "COMPUTE_FAILED",
    `The inputs of this call of "${name}" are gone: a loaded call runs once, and before its program is disposed.`,
  );

const shapesText = (inputs: HostTensors): string =>
  Object.entries(inputs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { values, shape }]) => `${name} ${dataTypeOf(values)}[${shape.join(", ")}]`)
    .join("; ");

const tooManyShapes = (name: string, shapes: readonly string[]): EngineError =>
  new EngineError(
    "NOT_TRACEABLE",
    `The step "${name}" was called with more than ${MOST_SHAPES} sets of input shapes; each is recorded and compiled anew. ` +
      `Its inputs must keep their shapes. Seen: ${shapes.join(" | ")}.`,
  );
