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
  /** As for `createProgram`: everything that the step reads or changes beyond its inputs. It is copied; nothing of it changes. */
  readonly state: Readonly<Record<string, tf.Variable>>;
  readonly mode: "graph" | "xla";
  /** Default "float32". */
  readonly precision?: Precision;
  /** Timed runs, after the first one, which compiles. From 1 on. */
  readonly steps: number;
}

/** What a compiled step consists of and where its time goes. */
export interface StepInspection {
  readonly mode: "graph" | "xla";
  /** Of the graph that was handed to TensorFlow. */
  readonly graph: GraphFigures;
  /** Every op of it, in its order. */
  readonly nodes: readonly NodeFigures[];
  readonly milliseconds: {
    /** The first run: TensorFlow optimizes the graph, XLA compiles it. */
    readonly first: number;
    readonly warm: readonly number[];
    /** The run that is shown below, the fastest of three; tracing costs something too. */
    readonly traced: number;
  };
  /** The ops of that run, by start. */
  readonly trace: readonly TracedOp[];
  readonly passCosts: readonly PassCost[];
  readonly typeCosts: readonly TypeCost[];
  readonly lineCosts: readonly LineCost[];
  readonly overlap: Overlap;
}

const PREFIX = "step/";

/** The fastest of them is shown: where another program took the processor, an op looks slow that is not. */
const TRACED_RUNS = 3;

/**
 * Records a step, runs it in a session of its own, and has TensorFlow trace warm runs, of which the fastest is kept.
 *
 * The engine must be started. Nothing else should compute meanwhile: it would be timed along.
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
