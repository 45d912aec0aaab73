import * as tf from "@tensorflow/tfjs";

import { type DataType, DATA_TYPE, type HostTensor } from "./data-types.ts";
import type { NodeMessage, ShapeMessage } from "./graph-messages.ts";
import type { ProgramState } from "./program-state.ts";
import type { PreparedCall, Session } from "./session.ts";
import { requireState, requireValues } from "./state-checks.ts";

export const shapeOf = (shape: readonly number[]): ShapeMessage => ({ dim: shape.map((size) => ({ size })) });
export const typeOf = (dtype: string): number => DATA_TYPE[dtype as DataType];

/** The node that names a state's resource; the same resource from every part of the session's graph that names it. */
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

/** One resource variable of the session for each tfjs variable, starting with its value. */
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
  const read = (name: string): HostTensor => callsOf(name).read.runSync([])[0]!;

  const state: ProgramState = {
    names,
    read,
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
      for (const name of names) state.write(name, variables[name]!.dataSync());
    },
    *[Symbol.iterator]() {
      for (const name of names) yield [name, read(name)] as const;
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
