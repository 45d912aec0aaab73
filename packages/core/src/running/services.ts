import "reflect-metadata";

import { startEngine } from "@tssl/engine";
import { Container, type ServiceIdentifier } from "inversify";

import { openData } from "../evaluation/open-data.ts";
import { type CheckpointStore, folderCheckpoints } from "../run/checkpoint-store.ts";
import type { RunObserver } from "../run/observer.ts";
import { createStepClock } from "../run/step-clock.ts";
import { createRunLoader } from "../training/run-loader.ts";

const token = <T>(name: string) => Symbol.for(`tssl.${name}`) as ServiceIdentifier<T>;

/**
 * What a run works with that has other implementations. A program binds its own in the second argument of
 * `runTraining`, or wraps what is bound.
 *
 * ```ts
 * import { runTraining, type TrainingOptions } from "@tssl/core/run";
 *
 * const train = (options: TrainingOptions) =>
 *   runTraining(options, (container) => {
 *     container.rebind(services.clock).toConstantValue(() => Date.now() / 1000);
 *     container.onActivation(services.observers, (_context, bound) => [...bound, { onNotice: console.log }]);
 *   });
 * ```
 */
export const services = {
  /** Loads TensorFlow's library and chooses the device. */
  startEngine: token<typeof startEngine>("startEngine"),
  /** Finds the images that the config names. */
  openData: token<typeof openData>("openData"),
  /** Makes views of the training images, ahead of the steps. */
  createLoader: token<typeof createRunLoader>("createLoader"),
  /** Opens the store of a run's checkpoints, by the folder `checkpoints` of the run. */
  openCheckpoints: token<(folder: string) => CheckpointStore>("openCheckpoints"),
  /** Seconds since any moment, never fewer than before. Steps, waiting and speed are timed by it. */
  clock: token<() => number>("clock"),
  /** Who watches the run, in order. By default those of the options. */
  observers: token<readonly RunObserver[]>("observers"),
};

/** Of the clock that is bound, which is the one to bind anew. */
const createClock = token<typeof createStepClock>("createClock");

/** Changes which services a run works with. Called once, before any of them is used. */
export type BindServices = (container: Container) => void | Promise<void>;

/** The services of a run, each asked for once. */
export async function runServices(observers: readonly RunObserver[], bind?: BindServices) {
  const container = new Container({ defaultScope: "Singleton" });
  container.bind(services.startEngine).toConstantValue(startEngine);
  container.bind(services.openData).toConstantValue(openData);
  container.bind(services.createLoader).toConstantValue(createRunLoader);
  container.bind(services.openCheckpoints).toConstantValue(folderCheckpoints);
  container.bind(services.clock).toConstantValue(() => performance.now() / 1000);
  container.bind(services.observers).toConstantValue(observers);
  container
    .bind(createClock)
    .toResolvedValue((now) => (earlier) => createStepClock(earlier, now), [services.clock]);
  await bind?.(container);
  return {
    startEngine: await container.getAsync(services.startEngine),
    openData: await container.getAsync(services.openData),
    createLoader: await container.getAsync(services.createLoader),
    openCheckpoints: await container.getAsync(services.openCheckpoints),
    createClock: await container.getAsync(createClock),
    observers: await container.getAsync(services.observers),
  };
}

/** What a run works with. */
export type Services = Awaited<ReturnType<typeof runServices>>;
