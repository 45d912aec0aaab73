import type { HostTensor, HostValues, ProgramState } from "@tssl/engine";

import type { FeatureExtractor } from "../evaluation/compile-features.ts";
import { lossBehind } from "../processes/exchange-failed.ts";
import type { Followers } from "../processes/gather.ts";
import { featuresOrder, type Order, writeOrder } from "../processes/orders.ts";
import type { CompiledRun } from "./compile-run.ts";
import type { HostPart } from "./host-part.ts";
import type { PreparedRun } from "./prepare-run.ts";

/** How long the loss of a process may become known after the step that failed by it, in seconds. */
const KNOWN_WITHIN = 10;

/**
 * A compiled run whose steps, passes and writes the followers do as well, each on the images of its own. Of
 * images whose features are asked for, each computes those of its share. They begin with the state that the
 * run has now.
 */
export function leadRun(
  compiled: CompiledRun,
  { networks }: Pick<PreparedRun, "networks">,
  followers: Followers,
): CompiledRun {
  const together = async <T>(order: Order, work: () => Promise<T>): Promise<T> => {
    followers.tell(order);
    try {
      return await work();
    } catch (error) {
      // The engine says that an exchange failed, and the connection of a process why.
      throw (await followers.lost(KNOWN_WITHIN)) ?? lossBehind(error);
    }
  };
  const placed = (order: Order["order"], { place }: HostPart): Order => ({ order, ...place });
  tellWritten(followers, valuesIn(compiled.state));
  return {
    get description() {
      return compiled.description;
    },
    state: ledState(compiled.state, followers),
    features: sharedFeatures(compiled.features, followers),
    pushedIn: (phase) => compiled.pushedIn(phase),
    record: (phase) => compiled.record(phase),
    load(parts, learningRate, phase) {
      const loaded = compiled.load(parts, learningRate, phase);
      return { run: () => together(placed("step", parts[0]!), () => loaded.run()) };
    },
    loadProbe(part, phase) {
      const loaded = compiled.loadProbe(part, phase);
      return { run: () => together(placed("probe", part), () => loaded.run()) };
    },
    loadStatistics(part) {
      const loaded = compiled.loadStatistics(part);
      return { run: () => together(placed("settle", part), () => loaded.run()) };
    },
    embeddings(network) {
      const here = compiled.embeddings(network);
      // One that is not the run's own, the others do not have.
      return networks[network.name] === network ? sharedFeatures(here, followers, network.name) : here;
    },
    dispose: () => compiled.dispose(),
  };
}

/** Features of images, of which every process computes those of its share. */
function sharedFeatures(here: FeatureExtractor, followers: Followers, network?: string): FeatureExtractor {
  const size = followers.group.addresses.length;
  return {
    dim: here.dim,
    async extract({ values, shape }) {
      const [count = 0, ...image] = shape;
      const share = Math.ceil(count / size);
      const perImage = values.length / count;
      const imagesFrom = (from: number): HostTensor => {
        const to = Math.min(from + share, count);
        return { values: values.subarray(from * perImage, to * perImage), shape: [to - from, ...image] };
      };
      const features = new Float32Array(count * here.dim);
      const answers = [here.extract(imagesFrom(0))];
      for (let from = share; from < count; from += share) {
        const { order, bytes } = featuresOrder(imagesFrom(from), network);
        answers.push(followers.ask(answers.length - 1, order, bytes).then(floatsIn));
      }
      const shares = await Promise.all(answers);
      shares.forEach((rows, i) => features.set(rows, i * share * here.dim));
      return features;
    },
  };
}

/** Copied, since they may begin anywhere among the bytes. */
const floatsIn = (bytes: Uint8Array): Float32Array => new Float32Array(Uint8Array.from(bytes).buffer);

const valuesIn = (state: ProgramState): ReadonlyMap<string, HostValues> =>
  new Map(Array.from(state, ([name, { values }]) => [name, values]));

function tellWritten(followers: Followers, values: ReadonlyMap<string, HostValues>): void {
  const { order, bytes } = writeOrder(values);
  followers.tell(order, bytes);
}

/** A state whose followers write what is written here. */
function ledState(state: ProgramState, followers: Followers): ProgramState {
  const writeEach = (values: ReadonlyMap<string, HostValues>): void => {
    tellWritten(followers, values);
    state.writeEach(values);
  };
  return {
    names: state.names,
    read: (name) => state.read(name),
    readEach: (names) => state.readEach(names),
    write: (name, values) => writeEach(new Map([[name, values]])),
    writeEach,
    toEager: () => state.toEager(),
    fromEager() {
      state.fromEager();
      tellWritten(followers, valuesIn(state));
    },
    [Symbol.iterator]: () => state[Symbol.iterator](),
  };
}
