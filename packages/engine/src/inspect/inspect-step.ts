import type * as tf from "@tensorflow/tfjs";

import { asRun } from "../compile/as-run.ts";
import { cLibrary } from "../compile/c-library.ts";
import type { HostTensors, Step } from "../compile/compiled-step.ts";
import type { Precision } from "../compile/mixed-precision.ts";
import { recordStep } from "../compile/record.ts";
import { openSession } from "../compile/session.ts";
import { createSessionState } from "../compile/session-state.ts";
import { addToSession } from "../compile/session-step.ts";
import { sessionSettings } from "../start.ts";
import { type GraphFigures, graphFigures } from "./graph-figures.ts";
import { type NodeFigures, nodeFigures } from "./node-figures.ts";
import { sourceLines } from "./source-line.ts";
import { stepTrace, type TracedOp } from "./step-trace.ts";
import {
  type LineCost,
  lineCosts,
  type Overlap,
  overlapOf,
  type PassCost,
  passCosts,
  type TypeCost,
  typeCosts,
} from "./trace-figures.ts";
import { decodeStepStats, fullTraceOptions } from "./trace-messages.ts";

export interface InspectOptions {
  /**
   * All variables that the step reads or changes, as for `createProgram`. They are copied and not changed.
   */
  readonly state: Readonly<Record<string, tf.Variable>>;
  readonly mode: "graph" | "xla";
  /** Default "float32". */
  readonly precision?: Precision;
  /** Number of timed runs, 1 or more, after the first run, which compiles. */
  readonly steps: number;
}

/** The ops of a compiled step, and their time. */
export interface StepInspection {
  readonly mode: "graph" | "xla";
  /** Figures of the graph that was given to TensorFlow. */
  readonly graph: GraphFigures;
  /** Every op of the graph, in its order. */
  readonly nodes: readonly NodeFigures[];
  readonly milliseconds: {
    /** The first run: TensorFlow optimizes the graph, XLA compiles it. */
    readonly first: number;
    readonly warm: readonly number[];
    /** The traced run, the fastest of three; tracing takes some time too. */
    readonly traced: number;
  };
  /** Ops of the traced run, by their start. */
  readonly trace: readonly TracedOp[];
  readonly passCosts: readonly PassCost[];
  readonly typeCosts: readonly TypeCost[];
  readonly lineCosts: readonly LineCost[];
  readonly overlap: Overlap;
}

const PREFIX = "step/";

/**
 * Number of traced runs. The fastest one is kept, because other programs may have slowed down ops in the
 * others.
 */
const TRACED_RUNS = 3;

/**
 * Records a step, runs it in its own session, and lets TensorFlow trace warm runs, of which the fastest is
 * kept.
 *
 * The engine must be started. Nothing else should compute at the same time, because it would change the
 * times.
 *
 * @throws {EngineError} as a compiled step: NOT_TRACEABLE, COMPUTE_FAILED.
 */
export async function inspectStep(
  step: Step,
  inputs: HostTensors,
  { state, mode, precision = "float32", steps }: InspectOptions,
): Promise<StepInspection> {
  const { libraryFolder, threads, gpuMemoryGrowth } = sessionSettings();
  const library = cLibrary(libraryFolder);
  const recorded = asRun(recordStep(step, inputs, state), library, { mode, precision });
  const lineOf = sourceLines();
  const sites = new Map(
    Array.from(recorded.sites, ([node, site]) => {
      const place = site();
      return [node, () => (place === undefined ? undefined : lineOf(place))] as const;
    }),
  );
  const recording = { ...recorded, sites };
  const names = Object.keys(state);
  const nodes = nodeFigures(recording, names);

  const session = openSession(library, { threads, gpuMemoryGrowth });
  try {
    createSessionState(session, state);
    const call = addToSession({ session, prefix: PREFIX, recording, variables: state, mode });
    const loaded = call.load(inputs);
    try {
      const first = await timed(() => call.run(loaded));
      const warm: number[] = [];
      while (warm.length < steps) warm.push((await timed(() => call.run(loaded))).milliseconds);
      const tracedRuns = [];
      while (tracedRuns.length < TRACED_RUNS) {
        tracedRuns.push(await timed(() => call.runTraced(loaded, fullTraceOptions())));
      }
      const traced = tracedRuns.reduce((best, run) => (run.milliseconds < best.milliseconds ? run : best));
      const trace = stepTrace(decodeStepStats(traced.result), nodes, PREFIX);
      return {
        mode,
        graph: graphFigures(recording, nodes, names),
        nodes,
        milliseconds: { first: first.milliseconds, warm, traced: traced.milliseconds },
        trace,
        passCosts: passCosts(trace),
        typeCosts: typeCosts(trace),
        lineCosts: lineCosts(trace),
        overlap: overlapOf(trace),
      };
    } finally {
      call.free(loaded);
    }
  } finally {
    session.close();
  }
}

async function timed<T>(run: () => Promise<T>): Promise<{ result: T; milliseconds: number }> {
  const started = performance.now();
  const result = await run();
  return { result, milliseconds: performance.now() - started };
}
