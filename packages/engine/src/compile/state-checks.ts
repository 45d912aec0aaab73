import type * as tf from "@tensorflow/tfjs";

import { stateMissing, wrongStateValues } from "../messages/programs.ts";
import type { HostValues } from "./data-types.ts";

export function requireState(variables: Readonly<Record<string, tf.Variable>>, name: string): tf.Variable {
  const variable = variables[name];
  if (variable === undefined) throw stateMissing(name);
  return variable;
}

export function requireValues(name: string, { dtype, size }: tf.Variable, values: HostValues): void {
  const expected = dtype === "int32" ? Int32Array : Float32Array;
  if (values instanceof expected && values.length === size) return;
  throw wrongStateValues(name, size, expected.name as "Float32Array" | "Int32Array", values);
}
