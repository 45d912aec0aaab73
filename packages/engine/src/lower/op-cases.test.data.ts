import type * as tf from "@tensorflow/tfjs";

import { asLowered } from "../compile/as-lowered.ts";
import type { HostTensor } from "../compile/data-types.ts";
import { createProgram } from "../compile/program.ts";
import { recordStep } from "../compile/record.ts";
import { lowerStep } from "./module.ts";
import { type DeviceArray, onCpuPlugin } from "./on-cpu-plugin.test.data.ts";

/** An op, or a few, on tensors of its own. */
export interface OpCase {
  readonly name: string;
  readonly inputs: readonly HostTensor[];
  readonly compute: (...inputs: never[]) => tf.Tensor | readonly tf.Tensor[];
  /**
   * How far a number may be from that of TensorFlow's kernel, as a share of itself, or of the largest number
   * of the result where numbers are `sums` that may cancel. Default 0: the same numbers.
   */
  readonly within?: number;
  readonly sums?: boolean;
}

/** Cases by what they show; those of one name run in one program. */
export type OpCases = Readonly<Record<string, () => readonly OpCase[]>>;

/**
 * Runs all cases by TensorFlow's own kernels and lowered, in one program.
 *
 * @param file the PJRT plugin of a CPU. @returns what differs, in words.
 */
export async function differences(file: string, cases: readonly OpCase[]): Promise<string[]> {
  const inputs = Object.fromEntries(
    cases.flatMap(({ inputs }, i) => inputs.map((input, j) => [`${i}.${j}`, input] as const)),
  );
  const step = (given: Readonly<Record<string, tf.Tensor>>) =>
    Object.fromEntries(
      cases.flatMap((each, i) => {
        const results = each.compute(...(each.inputs.map((_, j) => given[`${i}.${j}`]!) as never[]));
        return (Array.isArray(results) ? (results as tf.Tensor[]) : [results as tf.Tensor]).map(
          (result, j) => [`${i}.${j}`, result] as const,
        );
      }),
    );
  const eager = createProgram({ state: {}, mode: "eager" });
  const want = await eager.compile("cases", step).run(inputs);
  const recording = asLowered(recordStep(step, inputs, {}), "float32");
  const program = await onCpuPlugin(file, lowerStep(recording));
  const got = await program.run(recording.inputs.map(({ name }) => inputs[name]!));
  await program.close();
  return recording.outputs.flatMap(({ name }, i) => {
    const [place, result] = name.split(".");
    const { name: of, within = 0, sums = false } = cases[Number(place)]!;
    const reason = differs(got[i]!, want[name]!, { within, sums });
    return reason === undefined ? [] : [`${of}, result ${result}: ${reason}`];
  });
}

/** Below this a float32 is subnormal, and XLA takes it for zero. */
const SMALLEST = 2 ** -126;

function differs(
  { shape, values }: DeviceArray,
  want: HostTensor,
  { within, sums }: { readonly within: number; readonly sums: boolean },
): string | undefined {
  if (shape.join() !== want.shape.join()) return `shape [${shape.join()}], not [${want.shape.join()}]`;
  const expected = Array.from(want.values);
  const finite = expected.filter(Number.isFinite).map(Math.abs);
  const largest = finite.reduce((most, value) => Math.max(most, value), 0);
  const off = expected.map((value, i) => {
    const found = values[i]!;
    if (found === value || (Number.isNaN(found) && Number.isNaN(value))) return 0;
    if (!Number.isFinite(found) || !Number.isFinite(value)) return Infinity;
    return Math.max(Math.abs(found - value) - SMALLEST, 0) / (sums ? largest : Math.abs(value));
  });
  const worst = off.reduce((at, error, i) => (error > off[at]! ? i : at), 0);
  if (expected.length === 0 || off[worst]! <= within) return undefined;
  return `${values[worst]} at ${worst}, not ${expected[worst]}: off by ${off[worst]!.toExponential(1)}`;
}
