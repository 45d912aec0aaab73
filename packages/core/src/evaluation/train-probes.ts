import type { LinearData } from "./linear-data.ts";
import type { LinearOptions } from "./linear-options.ts";
import {
  initialProbeWeight,
  type LinearProbe,
  trainLinearProbes,
  trainProbesOfLayers,
  uniformProbe,
} from "./linear-probe.ts";
import { linearProtocols } from "./linear-protocols.ts";
import { cachedBatches } from "./probe-batches.ts";
import { probeSchedules } from "./probe-schedules.ts";

/** What is trained together: some layers, by their places, on some of the training images. */
export interface Lesson {
  readonly chosen: Int32Array;
  readonly layers: readonly number[];
}

/**
 * Trains a probe of each layer of a lesson with each of its learning rates.
 *
 * @param learningRates of each layer. Augmented images are for all layers of `data` together.
 */
export async function trainProbes(
  data: LinearData,
  { schedule, epochs, batchSize, seed, mode, protocol = "moco" }: LinearOptions,
  { chosen, layers }: Lesson,
  learningRates: readonly (readonly number[])[],
): Promise<readonly (readonly LinearProbe[])[]> {
  const { classes } = data;
  const order = { chosen, batchSize, seed };
  const { firstValues, weightDecay, nesterov, batchNorm } = linearProtocols[protocol];
  const settings = {
    ...{ classes, epochs, mode, weightDecay, nesterov, batchNorm },
    schedule: probeSchedules[schedule],
  };
  const probesOf = (layer: number, i: number) => {
    const { dim, channels } = data.layers[layer]!;
    const { weight, bias } =
      firstValues === "uniform"
        ? uniformProbe(dim, classes, seed)
        : { weight: initialProbeWeight(dim, classes, seed), bias: new Float32Array(classes) };
    return {
      ...{ dim, learningRates: learningRates[i]!, initialWeight: weight, initialBias: bias },
      ...(channels === undefined ? {} : { channels }),
    };
  };
  if (data.augmented === undefined) {
    const probes: (readonly LinearProbe[])[] = [];
    for (const [i, layer] of layers.entries()) {
      const batches = cachedBatches(await data.train(layer), data.trainLabels, order);
      probes.push(await trainLinearProbes(batches, { ...settings, ...probesOf(layer, i) }));
    }
    return probes;
  }
  const images = data.augmented(order);
  try {
    return await trainProbesOfLayers(images.batches, settings, layers.map(probesOf));
  } finally {
    await images.close();
  }
}
