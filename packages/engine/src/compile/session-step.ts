import type * as tf from "@tensorflow/tfjs";

import { EngineError } from "../errors.ts";
import { madeAt } from "./call-site.ts";
import type { DataType, HostTensor } from "./data-types.ts";
import { endOf, isOrder } from "./edge.ts";
import type { NodeMessage } from "./graph-messages.ts";
import type { Recording } from "./record.ts";
import { statesRead } from "./recorded-edges.ts";
import { placeholder, resourceNode, typeOf } from "./session-state.ts";
import type { PreparedCall, Session } from "./session.ts";

/** A recorded step in the graph of a session. */
export interface SessionStep extends Pick<PreparedCall, "free" | "runTraced"> {
  load(inputs: Readonly<Record<string, HostTensor>>): ReturnType<PreparedCall["load"]>;
  run(loaded: ReturnType<PreparedCall["load"]>): Promise<Record<string, HostTensor>>;
}

interface SessionStepParts {
  readonly session: Session;
  /** Prefix of the names of all nodes, which keeps several steps in one graph apart. */
  readonly prefix: string;
  readonly recording: Recording;
  readonly variables: Readonly<Record<string, tf.Variable>>;
  readonly mode: "graph" | "xla";
}

/** Wraps a recording in placeholders, reads and assignments, and adds it to the session's graph. */
export function addToSession({ session, prefix, recording, variables, mode }: SessionStepParts): SessionStep {
  const stateVariables = Object.values(variables);
  const typeOfState = (place: number) => typeOf(stateVariables[place]!.dtype);
  const read = statesRead(recording);
  const assigned = [...recording.assigned.keys()];
  const ends = [...recording.outputs.map(({ edge }) => edge), ...recording.assigned.values()];

  const placeholders = recording.inputs.map(({ dataType, shape }, i) =>
    placeholder(`in${i}`, dataType, shape),
  );
  const resources = [...new Set([...read, ...assigned])].map((place) =>
    resourceNode(`resource${place}`, place, stateVariables[place]!),
  );
  const reads = read.map((place) => ({
    name: `state${place}`,
    op: "ReadVariableOp",
    input: [`resource${place}`],
    attr: { dtype: { type: typeOfState(place) } },
  }));
  const body = mode === "graph" ? { nodes: recording.nodes, ends } : xlaCall();
  // If an op fails, the state is not changed: nothing is assigned before everything is computed.
  const computed: NodeMessage = {
    name: "computed",
    op: "NoOp",
    input: [...new Set(body.ends.map((edge) => `^${endOf(edge).node}`))],
    attr: {},
  };
  const assigns = assigned.map((place, i) => ({
    name: `assign${place}`,
    op: "AssignVariableOp",
    // A read returns the variable's own memory, so the variable must be assigned after it.
    input: [
      `resource${place}`,
      body.ends[recording.outputs.length + i]!,
      "^computed",
      ...(read.includes(place) ? [`^state${place}`] : []),
    ],
    attr: { dtype: { type: typeOfState(place) } },
  }));

  /** Makes the recording a function of its inputs and of the state that it reads, called by one node. */
  function xlaCall(): { nodes: readonly NodeMessage[]; ends: readonly string[] } {
    const name = `step_${prefix.slice(0, -1)}`;
    const states = read.map((place) => {
      const { dtype, shape } = stateVariables[place]!;
      return placeholder(`state${place}`, dtype as DataType, shape);
    });
    const given = [...placeholders, ...states];
    const names = given.map((node) => node.name);
    session.addFunction(name, [...given, ...recording.nodes], names, ends);
    const types = [...recording.outputs.map(({ dtype }) => typeOf(dtype)), ...assigned.map(typeOfState)];
    const call: NodeMessage = {
      name: "call",
      op: "StatefulPartitionedCall",
      input: names,
      attr: {
        Tin: { list: { type: given.map(({ attr }) => attr["dtype"]!.type!) } },
        Tout: { list: { type: types } },
        f: { func: { name } },
        _XlaMustCompile: { b: true },
      },
    };
    return { nodes: [call], ends: types.map((_, i) => `call:${i}`) };
  }

  const named = (edge: string): string => (isOrder(edge) ? `^${prefix}${edge.slice(1)}` : prefix + edge);
  session.add(
    [...placeholders, ...resources, ...reads, ...body.nodes, computed, ...assigns].map((node) => ({
      ...node,
      name: named(node.name),
      input: node.input.map(named),
    })),
  );
  const call = session.prepare(
    placeholders.map(({ name }) => named(name)),
    body.ends.slice(0, recording.outputs.length).map(named),
    assigns.map(({ name }) => named(name)),
  );
  return {
    load: (inputs) => call.load(recording.inputs.map(({ name }) => inputs[name]!)),
    free: call.free,
    runTraced: call.runTraced,
    async run(loaded) {
      if (ends.length === 0) return {};
      const results = await call.run(loaded).catch((error: unknown) => {
        throw explained(error, recording);
      });
      return Object.fromEntries(recording.outputs.map(({ name }, i) => [name, results[i]!]));
    },
  };
}

/** Adds the line of the user's step that made the op in TensorFlow's message. */
function explained(error: unknown, { sites }: Recording): unknown {
  if (!(error instanceof EngineError)) return error;
  const site = [...sites].find(([node]) => new RegExp(`\\b${node}\\b`).test(error.message))?.[1];
  return madeAt(error, site?.());
}
