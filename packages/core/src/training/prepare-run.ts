import type { RunConfig } from "../config/parse-config.ts";
import { TsslError } from "../errors.ts";
import type { Network } from "../networks/network.ts";
import { constant, cosine, type Schedule, steps, warmup } from "../state/schedules.ts";
import { arrangePlugins, collectViews } from "../plugins/arrange.ts";
import { inHook } from "../plugins/in-hook.ts";
import type { View } from "../plugins/plugin.ts";
import type { RunFacts } from "../plugins/run-facts.ts";
import type { LearningSettings } from "../config/run-config.ts";
import { createBuild, createInputBoard, type InputBoard } from "../plugins/create-build.ts";
import type { Queue } from "../state/queue.ts";
import { createStateStore, type StateStore } from "../state/store.ts";
import { composeHealthProbe, type HealthProbe } from "./health-probe.ts";
import { composeStep, type RunningPlugin, type TrainStep } from "./step.ts";

/** A run with its networks made, ready for its first step. */
export interface PreparedRun {
  readonly facts: RunFacts;
  readonly views: Readonly<Record<string, View>>;
  readonly store: StateStore;
  readonly board: InputBoard;
  /** In running order. */
  readonly plugins: readonly RunningPlugin[];
  /** The network whose encoder the run trains. */
  readonly network: Network;
  readonly step: TrainStep;
  readonly healthProbe: HealthProbe;
  readonly learningRate: Schedule;
  /** By full name, such as "moco.keys". */
  readonly queues: Readonly<Record<string, Queue>>;
  /** Frees every value of the run. */
  dispose(): void;
}

/** Facts that follow from the config and the size of the data set; no network is made. */
export function runFacts({ settings }: Pick<RunConfig, "settings">, datasetSize: number): RunFacts {
  const { batchSize, accumulate, epochs, imageSize } = settings;
  if (batchSize % accumulate !== 0) {
    throw new TsslError(
      "INVALID_OPTION",
      `accumulate must divide batchSize (${batchSize}), got ${accumulate}.`,
    );
  }
  if (datasetSize < batchSize) {
    throw new TsslError(
      "INVALID_OPTION",
      `batchSize must be at most the ${datasetSize} training images, got ${batchSize}.`,
    );
  }
  const stepsPerEpoch = Math.floor(datasetSize / batchSize);
  return {
    imageSize,
    batchSize,
    microBatchSize: batchSize / accumulate,
    datasetSize,
    stepsPerEpoch,
    totalSteps: stepsPerEpoch * epochs,
  };
}

/**
 * Makes a run's networks, state and step from its config. The engine must be started.
 *
 * @param onLeak is told of each tensor that the first step leaves behind, with plugin and phase.
 * @throws {TsslError} INVALID_PLUGIN or INVALID_OPTION, naming the plugin or the option, before anything is trained.
 */
export function prepareRun(
  config: RunConfig,
  facts: RunFacts,
  onLeak?: (sentence: string) => void,
): PreparedRun {
  const { settings, encoder, optimizer } = config;
  const arranged = arrangePlugins(config.plugins);
  const views = collectViews(arranged, facts);
  const store = createStateStore();
  try {
    const board = createInputBoard();
    const ranThisStep = new Set<string>();
    const drawnAs = sharedFirstName();
    const queues: Record<string, Queue> = {};
    const plugins: RunningPlugin[] = arranged.map(({ plugin, options }) => ({
      name: plugin.name,
      run: inHook(plugin.name, "setup", () =>
        plugin.setup(
          createBuild({
            plugin: plugin.name,
            facts,
            seed: settings.seed,
            store,
            board,
            buildEncoder: (scope) => encoder.definition.build(scope, encoder.options as never),
            drawnAs,
            onQueue: (name, queue) => (queues[name] = queue),
            oncePerStep: (name, effect) => {
              if (ranThisStep.has(name)) return;
              ranThisStep.add(name);
              effect();
            },
          }),
          options as never,
        ),
      ),
    }));
    const network = theNetwork(plugins);
    const { clipNorm } = optimizer.learning;
    const parts = { plugins, store, board, beginStep: () => ranThisStep.clear() };
    const step = composeStep({
      ...parts,
      optimizer: optimizer.definition.attach(store, store.trained(), optimizer.options as never),
      ...(clipNorm === null ? {} : { clipNorm }),
      ...(onLeak === undefined ? {} : { onLeak }),
    });
    const learningRate = learningRateSchedule(optimizer.learning, facts);
    return {
      facts,
      views,
      store,
      board,
      plugins,
      network,
      step,
      healthProbe: composeHealthProbe(parts),
      learningRate,
      queues,
      dispose: () => store.dispose(),
    };
  } catch (error) {
    store.dispose();
    throw error;
  }
}

/**
 * First values of a run's first network are drawn under a name that every run shares, so that methods that are compared with one seed
 * start from the same weights, however they call their network; those of others under their own.
 */
function sharedFirstName(): (network: string) => string {
  let first = true;
  return (network) => {
    const name = first ? "network" : network;
    first = false;
    return name;
  };
}

function theNetwork(plugins: readonly RunningPlugin[]): Network {
  const networks = plugins.flatMap(({ name, run }) =>
    run.network === undefined ? [] : [{ name, network: run.network }],
  );
  if (networks.length !== 1) {
    const found =
      networks.length === 0 ? "none does" : `${networks.map(({ name }) => name).join(" and ")} do`;
    throw new TsslError("INVALID_PLUGIN", `plugins: exactly one must train an encoder, and ${found}.`);
  }
  return networks[0]!.network;
}

function learningRateSchedule(
  { lr, schedule, warmupEpochs, milestones, factor }: LearningSettings,
  { stepsPerEpoch }: RunFacts,
): Schedule {
  const main = {
    cosine: cosine({ from: lr, to: 0 }),
    constant: constant(lr),
    steps: steps({ value: lr, milestones, factor }),
  }[schedule];
  return warmupEpochs > 0 ? warmup(Math.round(warmupEpochs * stepsPerEpoch), main) : main;
}
