import { type RanOp, sourceLines, watchOps } from "@tssl/engine";

import { countNotFinite } from "../run/not-finite.ts";
import type { StepMachine } from "../training/step-machine.ts";
import { type StepPhase, watchMachine } from "../training/watch-step.ts";
import { valueSummary, type ValueSummary } from "./value-summary.ts";

/** An op with a result that is not finite. */
export interface NotFiniteOp {
  readonly op: string;
  /** "[clsa] step", "[clsa] gradient", "optimizer"; for a gradient the plugin is that of the forward op. */
  readonly phase: string;
  /**
   * Where in the code the op comes from; for one of a gradient, where that comes from that it is the gradient
   * of.
   */
  readonly place?: string;
  readonly result: ValueSummary;
  /** Summaries of the inputs; where they are finite, this op gave the first number that is not. */
  readonly inputs: readonly ValueSummary[];
}

/** The first ops of a step whose results are not finite, in the order in which they ran. */
export interface FiniteWatch {
  /** The same machine, watched. */
  watched(machine: StepMachine): StepMachine;
  found(): readonly NotFiniteOp[];
  stop(): void;
}

/** Of batch norm's results TensorFlow keeps the sixth to itself. */
const isReadable = ({ op }: RanOp, place: number): boolean => !(op === "FusedBatchNormV3" && place >= 5);

/**
 * Reads the result of every op that runs eagerly, and notes the first `most` that hold NaN or infinite
 * numbers.
 */
export function watchFinite(most: number): FiniteWatch {
  let phase: StepPhase = { hook: "images" };
  const found: NotFiniteOp[] = [];
  const madeIn = new WeakMap<object, StepPhase>();
  const written = sourceLines();
  const stop = watchOps((ran) => {
    const of = ran.gradientOf === undefined ? phase : (madeIn.get(ran.gradientOf.dataId) ?? phase);
    for (const { dataId } of ran.outputs) madeIn.set(dataId, of);
    ran.outputs.forEach((output, i) => {
      if (found.length === most || output.dtype !== "float32" || !isReadable(ran, i)) return;
      const values = output.dataSync();
      const { nan, infinite } = countNotFinite(values);
      if (nan + infinite === 0) return;
      const place = ran.site();
      found.push({
        op: ran.op,
        phase: phaseText(ran.backward ? { ...of, hook: "gradient" } : of),
        ...(place === undefined ? {} : { place: written(place) }),
        result: valueSummary(values, output.shape),
        inputs: ran.inputs
          .filter(({ dtype }) => dtype === "float32")
          .map((input) => valueSummary(input.dataSync(), input.shape)),
      });
    });
  });
  return { watched: (machine) => watchMachine(machine, (now) => (phase = now)), found: () => found, stop };
}

const phaseText = ({ plugin, hook }: Pick<StepPhase, "plugin"> & { readonly hook: string }): string =>
  plugin === undefined ? hook : `[${plugin}] ${hook}`;
