import { pixelFormat } from "@tssl/augment-zoo";
import * as tf from "@tensorflow/tfjs";

import type { RunConfig } from "../config/parse-config.ts";
import { decodingOf } from "../config/decoding-of.ts";
import { embeddingMetrics } from "../embedding/embedding-metrics.ts";
import { accumulateDoesNotDivide, batchLargerThanSet, replicasDoNotDivide } from "../messages/options.ts";
import { notOneEncoder } from "../messages/plugins.ts";
import { buildEncoder } from "../networks/encoder.ts";
import type { Network } from "../networks/network.ts";
import { buildWithWeights, type LoadedWeights } from "../networks/weights/load-weights.ts";
import type { Weights } from "../networks/weights/read-weights.ts";
import { arrangePlugins, collectViews } from "../plugins/arrange.ts";
import { setUp } from "../plugins/configured-plugin.ts";
import { type BuiltParts, createBuild } from "../plugins/create-build.ts";
import type { StepInput } from "../plugins/inputs.ts";
import type { PhaseMoment, Representation, View } from "../plugins/plugin.ts";
import { type Replicas, worldOfOne } from "../state/replicas.ts";
import type { RunFacts } from "../plugins/run-facts.ts";
import type { EncoderFacts } from "../run/checkpoint.ts";
import type { Queue } from "../state/queue.ts";
import type { Scope } from "../state/scope.ts";
import type { Schedule } from "../state/schedules.ts";
import { type Made, noting } from "../state/noting.ts";
import { createStateStore, type StateStore } from "../state/store.ts";
import { learningRateSchedule } from "./learning-rate.ts";
import { lendingKeep } from "./lending-keep.ts";
import { type OwnImages, ownImages, type OwnProcess } from "./own-images.ts";
import { movedIn, phaseAt, type RunPhase } from "./run-phase.ts";
import type { RunningPlugin, StepMachine, StepPart } from "./step-machine.ts";
import { viewsFor } from "./views-for.ts";
import { type TakenStep, takeStep } from "./step.ts";

/** A run with its networks made, ready for its first step. */
export interface PreparedRun {
  readonly facts: RunFacts;
  /** Those that take its steps together. */
  readonly replicas: Replicas;
  /** The images of each forward pass that this process computes. */
  readonly own: OwnImages;
  readonly views: Readonly<Record<string, View>>;
  readonly store: StateStore;
  /** The host inputs that plugins asked for. */
  readonly inputs: readonly StepInput[];
  /** The plugins in running order. */
  readonly plugins: readonly RunningPlugin[];
  /** Whether some plugin reads labels. */
  readonly readsLabels: boolean;
  /** The network whose encoder the run trains. */
  readonly network: Network;
  /** What evaluation sees of images: the network's features, unless its plugin says otherwise. */
  readonly representation: Representation;
  /** What a checkpoint says of the network and its representation, for whoever makes them again. */
  readonly encoderFacts: EncoderFacts;
  readonly learningRate: Schedule;
  /** What the encoder took of a file; absent where its values were drawn. */
  readonly loaded?: LoadedWeights;
  /** The queues by full name, such as "moco.keys". */
  readonly queues: Readonly<Record<string, Queue>>;
  /** The networks by full name, such as "moco.online". */
  readonly networks: Readonly<Record<string, Network>>;
  /** The phase of the run when so many steps are taken. */
  phaseAt(step: number): RunPhase;
  /** What takes the steps of a phase. Default: the first. */
  machine(phase?: RunPhase): StepMachine;
  /**
   * Takes a step of the first phase on the tfjs variables themselves. @returns its scalars, which the caller
   * owns.
   */
  step(parts: readonly StepPart[], learningRate: tf.Scalar): Readonly<Record<string, tf.Scalar>>;
  /** Frees every value of the run. */
  dispose(): void;
}

/**
 * Facts that follow from the config and the size of the data set; no network is made.
 *
 * @param classes of the training images, where they are known.
 */
export function runFacts(
  { settings }: Pick<RunConfig, "settings">,
  datasetSize: number,
  { replicas = worldOfOne.size, classes }: { readonly replicas?: number; readonly classes?: number } = {},
): RunFacts {
  const { batchSize, accumulate, epochs, imageSize } = settings;
  if (batchSize % accumulate !== 0) throw accumulateDoesNotDivide(batchSize, accumulate);
  const imagesPerPass = batchSize / accumulate;
  if (imagesPerPass % replicas !== 0) throw replicasDoNotDivide(imagesPerPass, replicas);
  if (datasetSize < batchSize) throw batchLargerThanSet(datasetSize, batchSize);
  const stepsPerEpoch = Math.floor(datasetSize / batchSize);
  return {
    imageSize,
    pixels: pixelFormat(decodingOf(settings.data)),
    batchSize,
    microBatchSize: imagesPerPass / replicas,
    imagesPerPass,
    replicas,
    datasetSize,
    ...(classes === undefined ? {} : { classes }),
    stepsPerEpoch,
    totalSteps: stepsPerEpoch * epochs,
  };
}

export interface PrepareOptions {
  /** Default: a world of one. */
  readonly replicas?: Replicas;
  /** This process among those that train together. Default: it trains alone. */
  readonly process?: OwnProcess;
  /** Gives the encoder of every network its first values. Default: they are drawn. */
  readonly weights?: Weights;
}

/**
 * Makes a run's networks and state from its config. The engine must be started.
 *
 * @throws {TsslError} INVALID_PLUGIN or INVALID_OPTION, naming the plugin or the option, WEIGHTS where a file
 * does not fit, before anything is trained.
 */
export function prepareRun(
  { settings, encoder, optimizer, plugins: configured }: RunConfig,
  facts: RunFacts,
  { replicas = worldOfOne, process, weights }: PrepareOptions = {},
): PreparedRun {
  const arranged = arrangePlugins([...configured, { plugin: embeddingMetrics, options: {} }]);
  const views = viewsFor(collectViews(arranged, facts), facts.pixels, settings.data);
  const store = createStateStore();
  try {
    const built: BuiltParts = { inputs: [], queues: {}, networks: {} };
    const drawnAs = sharedFirstName();
    let loaded: LoadedWeights | undefined;
    const ofEncoders: Made[] = [];
    const images = { imageSize: facts.imageSize, ...facts.pixels };
    const build = (scope: Scope) => buildEncoder(encoder, scope, images);
    const shared = {
      facts,
      seed: settings.seed,
      store,
      replicas,
      built,
      buildEncoder(scope: Scope) {
        const noted = noting(scope, "", ofEncoders);
        if (weights === undefined) return build(noted);
        const built = buildWithWeights(noted, build, weights);
        loaded ??= built.loaded;
        return built.encoder;
      },
      drawnAs,
    };
    const plugins = arranged.map((each): RunningPlugin => {
      const { name, reads = [] } = each.plugin;
      const run = setUp(each, createBuild({ ...shared, plugin: name }));
      return { name, run, readsLabels: reads.includes("labels") };
    });
    const { network, representation, representedBy } = trainedNetwork(plugins);
    const trained = store.trained();
    const attached = optimizer.definition.attach(store, trained, optimizer.options as never);
    const { clipNorm } = optimizer.learning;

    // A run that goes on has them from its checkpoint, and no weights to load.
    const frozen = new Set(ofEncoders.map(({ variable }) => variable));
    const first = {
      epochs: encoder.freezeEpochs ?? 0,
      names: trained.filter(({ variable }) => frozen.has(variable)).map(({ name }) => name),
    };
    const phase = (step: number): RunPhase => phaseAt(plugins, momentOf(step, facts), first);
    const machine = (now = phase(0)): StepMachine => ({
      plugins,
      replicas,
      phases: now.phases,
      trained: movedIn(now, trained),
      optimizer: attached,
      prepare: (images) => images,
      ...(clipNorm === null ? {} : { clipNorm }),
    });
    return {
      facts,
      replicas,
      own: ownImages(facts, process),
      views,
      store,
      inputs: built.inputs,
      plugins,
      readsLabels: plugins.some(({ readsLabels }) => readsLabels),
      network,
      representation,
      encoderFacts: {
        network: network.name,
        drawnAs: drawnAs(network.name),
        ...(representedBy === undefined ? {} : { representation: representedBy }),
      },
      learningRate: learningRateSchedule(optimizer.learning, facts.stepsPerEpoch),
      queues: built.queues,
      networks: built.networks,
      ...(loaded === undefined ? {} : { loaded }),
      phaseAt: phase,
      machine,
      step: (parts, learningRate) => runStep(machine(), parts, learningRate),
      dispose: () => store.dispose(),
    };
  } catch (error) {
    store.dispose();
    throw error;
  }
}

/**
 * Takes a step on the tfjs variables themselves.
 *
 * @param onTaken is lent the whole step before all but its scalars is freed.
 * @returns its scalars, which the caller owns; nothing else is left behind.
 */
export const runStep = (
  machine: StepMachine,
  parts: readonly StepPart[],
  learningRate: tf.Scalar,
  onTaken: (taken: TakenStep) => void = () => {},
): Readonly<Record<string, tf.Scalar>> =>
  lendingKeep((keep) => {
    const taken = takeStep(machine, parts, learningRate, keep);
    onTaken(taken);
    return taken.scalars;
  });

const momentOf = (step: number, { stepsPerEpoch }: RunFacts): PhaseMoment => ({
  step,
  epoch: Math.floor(step / stepsPerEpoch),
});

/**
 * First values of a run's first network are drawn under a name that every run shares, so that methods that
 * are compared with one seed start from the same weights, however they call their network; those of others
 * under their own.
 */
function sharedFirstName(): (network: string) => string {
  let first: string | undefined;
  return (network) => {
    first ??= network;
    return network === first ? "network" : network;
  };
}

function trainedNetwork(plugins: readonly RunningPlugin[]) {
  const found = plugins.flatMap(({ name, run: { network, representation } }) => {
    if (network === undefined) return [];
    const own = representation === undefined ? {} : { representedBy: name };
    return [{ name, network, representation: representation ?? network, ...own }];
  });
  if (found.length !== 1) throw notOneEncoder(found.map(({ name }) => name));
  return found[0]!;
}
