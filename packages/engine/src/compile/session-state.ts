import type * as tf from "@tensorflow/tfjs";

import { type DataType, DATA_TYPE, type HostTensor, type HostValues } from "./data-types.ts";
import type { NodeMessage, ShapeMessage } from "./graph-messages.ts";
import type { ProgramState } from "./program-state.ts";
import type { PreparedCall, Session } from "./session.ts";
import { requireState, requireValues } from "./state-checks.ts";
import { stateOfVariables } from "./state-of-variables.ts";

export const shapeOf = (shape: readonly number[]): ShapeMessage => ({ dim: shape.map((size) => ({ size })) });
export const typeOf = (dtype: string): number => DATA_TYPE[dtype as DataType];

/** A node for an input of the graph. */
export const placeholder = (name: string, dataType: DataType, shape: readonly number[]): NodeMessage => ({
  name,
  op: "Placeholder",
  input: [],
  attr: { dtype: { type: DATA_TYPE[dataType] }, shape: { shape: shapeOf(shape) } },
});

/** A node with the handle of a state variable; all such nodes of a session's graph share the variable. */
export const resourceNode = (name: string, place: number, variable: tf.Variable): NodeMessage => ({
  name,
  op: "VarHandleOp",
  input: [],
  attr: {
    dtype: { type: typeOf(variable.dtype) },
    shape: { shape: shapeOf(variable.shape) },
    shared_name: { s: Buffer.from(`state${place}`) },
  },
});

/** Creates a resource variable in the session for each tfjs variable, with its value. */
export function createSessionState(
  session: Session,
  variables: Readonly<Record<string, tf.Variable>>,
): ProgramState {
  const names = Object.keys(variables);
  session.add(names.flatMap((name, place) => accessNodes(place, variables[name]!)));
  const placeOf = new Map(names.map((name, place) => [name, place]));
  // TensorFlow prepares each set of ends at its first run, which takes longer than copying a value: one run
  // copies all of a set.
  const calls = new Map<string, { read: PreparedCall; write: PreparedCall }>();
  const callsOf = (chosen: readonly string[]) => {
    const key = chosen.join("\0");
    let found = calls.get(key);
    if (found === undefined) {
      const places = chosen.map((name) => placeOf.get(name)!);
      const ends = (kind: string) => places.map((place) => `${kind}${place}`);
      found = {
        read: session.prepare([], ends("stateRead"), []),
        write: session.prepare(ends("stateFeed"), [], ends("stateWrite")),
      };
      calls.set(key, found);
    }
    return found;
  };
  const readEach = (chosen: readonly string[]): readonly HostTensor[] => {
    for (const name of chosen) requireState(variables, name);
    return chosen.length === 0 ? [] : callsOf(chosen).read.runSync([]);
  };
  const writeEach = (values: ReadonlyMap<string, HostValues>): void => {
    const all = [...values].map(([name, given]): HostTensor => {
      const variable = requireState(variables, name);
      requireValues(name, variable, given);
      return { values: given, shape: variable.shape };
    });
    if (all.length > 0) callsOf([...values.keys()]).write.runSync(all);
  };

  const state = stateOfVariables(variables, { readEach, writeEach });
  state.fromEager();
  return state;
}

function accessNodes(place: number, variable: tf.Variable): NodeMessage[] {
  const dtype = { dtype: { type: typeOf(variable.dtype) } };
  const resource = `state${place}`;
  return [
    resourceNode(resource, place, variable),
    { name: `stateRead${place}`, op: "ReadVariableOp", input: [resource], attr: dtype },
    {
      name: `stateFeed${place}`,
      op: "Placeholder",
      input: [],
      attr: { ...dtype, shape: { shape: shapeOf(variable.shape) } },
    },
    {
      name: `stateWrite${place}`,
      op: "AssignVariableOp",
      input: [resource, `stateFeed${place}`],
      attr: dtype,
    },
  ];
}
