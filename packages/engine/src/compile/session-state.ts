import * as tf from "@tensorflow/tfjs";

import { type DataType, DATA_TYPE, type HostTensor } from "./data-types.ts";
import type { NodeMessage, ShapeMessage } from "./graph-messages.ts";
import type { ProgramState } from "./program-state.ts";
import type { PreparedCall, Session } from "./session.ts";
import { requireState, requireValues } from "./state-checks.ts";

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
  const calls = new Map<string, { read: PreparedCall; write: PreparedCall }>();
  const callsOf = (name: string) => {
    requireState(variables, name);
    const place = names.indexOf(name);
    let found = calls.get(name);
    if (found === undefined) {
      found = {
        read: session.prepare([], [`stateRead${place}`], []),
        write: session.prepare([`stateFeed${place}`], [], [`stateWrite${place}`]),
      };
      calls.set(name, found);
    }
    return found;
  };
  const places = names.map((_, place) => place);
  // TensorFlow prepares each set of ends at its first run, which takes longer than copying a value: one run
  // copies all values.
  const readAll = session.prepare(
    [],
    places.map((place) => `stateRead${place}`),
    [],
  );
  const writeAll = session.prepare(
    places.map((place) => `stateFeed${place}`),
    [],
    places.map((place) => `stateWrite${place}`),
  );

  const state: ProgramState = {
    names,
    read: (name) => callsOf(name).read.runSync([])[0]!,
    write(name, values) {
      const { write } = callsOf(name);
      requireValues(name, variables[name]!, values);
      write.runSync([{ values, shape: variables[name]!.shape }]);
    },
    toEager() {
      for (const [name, { values, shape }] of state) {
        const variable = variables[name]!;
        tf.tidy(() => variable.assign(tf.tensor(values, [...shape], variable.dtype)));
      }
    },
    fromEager() {
      const all = Object.entries(variables).map(([name, variable]): HostTensor => {
        const values = variable.dataSync();
        requireValues(name, variable, values);
        return { values, shape: variable.shape };
      });
      if (all.length > 0) writeAll.runSync(all);
    },
    *[Symbol.iterator]() {
      const values = names.length === 0 ? [] : readAll.runSync([]);
      for (const [place, name] of names.entries()) yield [name, values[place]!] as const;
    },
  };
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
