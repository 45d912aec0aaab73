import type * as tf from "@tensorflow/tfjs";

import { EngineError } from "../errors.ts";
import type { HostValues } from "./data-types.ts";

export function requireState(variables: Readonly<Record<string, tf.Variable>>, name: string): tf.Variable {
  const variable = variables[name];
  if (variable === undefined) {
    throw new EngineError("INVALID_OPTION", `There is no state "${name}" in this program.`);
  }
  return variable;
}

export function requireValues(name: string, { dtype, size }: tf.Variable, values: HostValues): void {
  const expected = dtype === "int32" ? Int32Array : Float32Array;
  if (values instanceof expected && values.length === size) return;
  throw new EngineError(
    "INVALID_OPTION",
    `State "${name}" takes ${size} values in a ${expected.name}, got ${values.length} in a ${values.constructor.name}.`,
  );
}
