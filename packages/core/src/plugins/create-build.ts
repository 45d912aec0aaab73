import type * as tf from "@tensorflow/tfjs";

import { notOwnNetwork } from "../messages/hooks.ts";
import { groupsOverReplicas } from "../messages/options.ts";
import { followByEma } from "../networks/ema.ts";
import type { Encoder } from "../networks/encoder.ts";
import { assembleNetwork, type Network } from "../networks/network.ts";
import { createBank } from "../state/bank.ts";
import { createQueue, type Queue } from "../state/queue.ts";
import { createScope, type Scope } from "../state/scope.ts";
import type { StateStore } from "../state/store.ts";
import { type Build, type NetworkOptions, trainingMode } from "./build.ts";
import { inHook } from "./in-hook.ts";
import type { InputHandle, InputReader, StepInput } from "./inputs.ts";
import type { Replicas } from "../state/replicas.ts";
import type { RunFacts } from "./run-facts.ts";
import { createStepRandom } from "./step-random.ts";

/** What the plugins of a run have made besides values of its state, by full name. */
export interface BuiltParts {
  readonly inputs: StepInput[];
  readonly queues: Record<string, Queue>;
  readonly networks: Record<string, Network>;
}

interface BuildParts {
  readonly plugin: string;
  readonly facts: RunFacts;
  readonly seed: number;
  readonly store: StateStore;
  readonly replicas: Replicas;
  /** Filled by what the plugin makes. */
  readonly built: BuiltParts;
  readonly buildEncoder: (scope: Scope) => Encoder;
  /**
   * The name under which a network's first values are drawn; asked once for each trained network, in the
   * order in which they are made.
   */
  readonly drawnAs: (network: string) => string;
}

/** The input of the random sources of a run: `[step, part]`. */
const MOMENT: StepInput = {
  name: "random.moment",
  shape: [2],
  valueAt: ({ step, part }) => Int32Array.of(step, part),
};

/** The `Build` of one plugin: everything it makes is named after it. */
export function createBuild({
  plugin,
  facts,
  seed,
  store,
  replicas,
  built,
  buildEncoder,
  drawnAs,
}: BuildParts): Build {
  const recipes = new Map<Network, NetworkOptions>();
  const full = (name: string) => `${plugin}.${name}`;

  const addInput = <T extends tf.Tensor>(input: StepInput): InputHandle<T> => {
    if (!built.inputs.some(({ name }) => name === input.name)) built.inputs.push(input);
    return { name: input.name };
  };

  const makeNetwork = (name: string, options: NetworkOptions, trained: boolean): Network => {
    const drawn = trained ? drawnAs(full(name)) : full(name);
    const { batchNormGroups = 1 } = options;
    requireGroupsOf(replicas, plugin, batchNormGroups);
    const scope = createScope(store, seed, `${full(name)}.`, trained, { drawnAs: `${drawn}.`, replicas });
    const encoder = buildEncoder(scope.child("encoder"));
    const head = options.head(scope.child("head"), encoder.featureDim);
    const network = assembleNetwork(full(name), encoder, head, { batchNormGroups });
    built.networks[full(name)] = network;
    return network;
  };

  const module = <M>(name: string, make: (scope: Scope) => M): M =>
    make(createScope(store, seed, `${full(name)}.`, true, { replicas }));

  return {
    facts,
    network(name, options) {
      const network = makeNetwork(name, options, true);
      recipes.set(network, options);
      return network;
    },
    module,
    head(name, { head: definition, inputDim }) {
      const head = module(name, (scope) => definition(scope, inputDim));
      return (embeddings) => head.forward(embeddings, trainingMode);
    },
    parameter(name, { shape, initial, role = "weight" }) {
      return createScope(store, seed, `${plugin}.`, true, { replicas }).parameter(name, shape, initial, role);
    },
    emaOf(leader, name, { momentum }) {
      const options = recipes.get(leader);
      if (options === undefined) throw notOwnNetwork(plugin);
      const follower = makeNetwork(name, options, false);
      const share = addInput<tf.Scalar>({
        name: `${full(name)}.momentum`,
        shape: [],
        valueAt: ({ step, totalSteps }) => Float32Array.of(momentum(step, totalSteps)),
      });
      return followByEma(store, leader, follower, (context: InputReader) => context.input(share));
    },
    queue(name, options) {
      const queue = createQueue(store, full(name), { ...options, seed });
      built.queues[full(name)] = queue;
      return queue;
    },
    bank: (name, options) => createBank(store, full(name), { ...options, seed }),
    variable: (name, initial) => store.add(full(name), initial.clone(), { role: "buffer", trained: false }),
    input: (input) =>
      addInput({
        ...input,
        name: full(input.name),
        valueAt: (at) => inHook(plugin, `input "${input.name}"`, () => input.valueAt(at)),
      }),
    random: (name) => createStepRandom(seed, full(name), addInput(MOMENT)),
  };
}

/** A group of batch norm lies on one replica, or on all of them. */
function requireGroupsOf({ size }: Replicas, plugin: string, groups: number): void {
  if (groups > 1 && groups % size !== 0) throw groupsOverReplicas(plugin, groups, size);
}
