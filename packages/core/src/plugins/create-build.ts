import type * as tf from "@tensorflow/tfjs";

import { TsslError } from "../errors.ts";
import type { Encoder } from "../networks/encoder.ts";
import { assembleNetwork, type Network } from "../networks/network.ts";
import { createScope, type Scope } from "../state/scope.ts";
import { inHook } from "./in-hook.ts";
import type { RunFacts } from "./run-facts.ts";
import type { Build, NetworkOptions } from "./build.ts";
import { followByEma } from "../networks/ema.ts";
import type { InputHandle, StepInput } from "./inputs.ts";
import { createQueue, type Queue } from "../state/queue.ts";
import type { StateStore } from "../state/store.ts";

/** The host inputs that a run's plugins asked for, and the values they have in the step that is running. */
export interface InputBoard {
  readonly inputs: readonly StepInput[];
  /** Tensors by input name; borrowed for the duration of one accumulated part. */
  show(values: Readonly<Record<string, tf.Tensor>>): void;
  add<T extends tf.Tensor>(input: StepInput): InputHandle<T>;
}

export function createInputBoard(): InputBoard {
  const inputs: StepInput[] = [];
  let current: Readonly<Record<string, tf.Tensor>> = {};
  return {
    inputs,
    show: (values) => (current = values),
    add<T extends tf.Tensor>(input: StepInput): InputHandle<T> {
      inputs.push(input);
      return () => {
        const value = current[input.name];
        if (value === undefined) {
          throw new TsslError(
            "INVALID_PLUGIN",
            `The input "${input.name}" was read outside of a step; read it inside \`step\` or \`after\`.`,
          );
        }
        return value as T;
      };
    },
  };
}

interface BuildParts {
  readonly plugin: string;
  readonly facts: RunFacts;
  readonly seed: number;
  readonly store: StateStore;
  readonly board: InputBoard;
  readonly buildEncoder: (scope: Scope) => Encoder;
  /** The name under which a network's first values are drawn; asked once for each trained network, in the order in which they are made. */
  readonly drawnAs: (network: string) => string;
  /** Told of each queue that is made, with its full name. */
  readonly onQueue: (name: string, queue: Queue) => void;
  /** Runs `effect` at most once per optimizer step, however many parts are accumulated. */
  readonly oncePerStep: (name: string, effect: () => void) => void;
}

/** The `Build` of one plugin: everything it makes is named after it. */
export function createBuild({
  plugin,
  facts,
  seed,
  store,
  board,
  buildEncoder,
  drawnAs,
  onQueue,
  oncePerStep,
}: BuildParts): Build {
  const recipes = new Map<Network, NetworkOptions>();
  const full = (name: string) => `${plugin}.${name}`;

  const makeNetwork = (name: string, options: NetworkOptions, trained: boolean): Network => {
    const drawn = trained ? drawnAs(full(name)) : full(name);
    const scope = createScope(store, seed, `${full(name)}.`, trained, `${drawn}.`);
    const encoder = buildEncoder(scope.child("encoder"));
    const head = options.head(scope.child("head"), encoder.featureDim);
    return assembleNetwork(full(name), encoder, head, { batchNormGroups: options.batchNormGroups ?? 1 });
  };

  return {
    facts,
    network(name, options) {
      const network = makeNetwork(name, options, true);
      recipes.set(network, options);
      return network;
    },
    head(name, { head: definition, inputDim }) {
      const head = definition(createScope(store, seed, `${full(name)}.`, true), inputDim);
      return (embeddings) => head.forward(embeddings, { training: true, batchNormGroups: 1 });
    },
    emaOf(leader, name, { momentum }) {
      const options = recipes.get(leader);
      if (options === undefined) {
        throw new TsslError(
          "INVALID_PLUGIN",
          `[${plugin}] emaOf needs a network made by this plugin's build.network.`,
        );
      }
      const follower = makeNetwork(name, options, false);
      const share = board.add<tf.Scalar>({
        name: `${full(name)}.momentum`,
        shape: [],
        valueAt: ({ step, totalSteps }) => Float32Array.of(momentum(step, totalSteps)),
      });
      const ema = followByEma(store, leader, follower, share);
      return { ...ema, update: () => oncePerStep(full(name), () => ema.update()) };
    },
    queue(name, options) {
      const queue = createQueue(store, full(name), { ...options, seed });
      onQueue(full(name), queue);
      return queue;
    },
    variable: (name, initial) => store.add(full(name), initial.clone(), { role: "buffer", trained: false }),
    input: (input) =>
      board.add({
        ...input,
        name: full(input.name),
        valueAt: (at) => inHook(plugin, `input "${input.name}"`, () => input.valueAt(at)),
      }),
  };
}
