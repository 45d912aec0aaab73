import { layerOptionIgnored, randomLayer, statisticsOfOneReplica } from "../messages/config.ts";
import type { Scope } from "../state/scope.ts";

/** What `tf.LayersModel.getConfig` gives: plain values, nested. */
export type Config = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/**
 * Layers whose forward pass draws random numbers on the host while they train, and the options that say how
 * much.
 */
const RANDOM_LAYERS: Readonly<Record<string, readonly string[]>> = {
  Dropout: ["rate"],
  SpatialDropout1D: ["rate"],
  GaussianDropout: ["rate"],
  AlphaDropout: ["rate"],
  GaussianNoise: ["stddev"],
  RandomWidth: ["factor"],
  RandomHeight: ["factor"],
  MultiHeadAttention: ["dropout"],
};

/** @throws {TsslError} INVALID_CONFIG naming the first layer that a training step cannot have. */
export function refuseUnsupported(encoder: string, config: Config, replicas = 1): void {
  for (const { className, config: layer } of layersIn(config)) {
    const at = { encoder, layer: String(layer["name"]), className };
    if (replicas > 1 && className === "BatchNormalization") throw statisticsOfOneReplica(at);
    if (RANDOM_LAYERS[className]?.some((option) => layer[option] !== 0)) throw randomLayer(at);
    for (const [option, value] of Object.entries(layer)) {
      if (value === null || value === undefined) continue;
      if (/(Regularizer|Constraint)$/.test(option)) throw layerOptionIgnored(at, option);
    }
  }
}

/** Every layer of a model and of the models within it. */
function layersIn(config: Config): { className: string; config: Record<string, unknown> }[] {
  const layers = (config["layers"] ?? []) as { className: string; config: Record<string, unknown> }[];
  return layers.flatMap((layer) => ("layers" in layer.config ? layersIn(layer.config) : [layer]));
}

/**
 * A copy of the config in which every initializer has a seed of its own, fixed by the run's seed and its
 * place in the model.
 */
export function seedInitializers(config: Config, scope: Scope): Config {
  const seeded = (value: unknown, path: string): unknown => {
    if (Array.isArray(value)) return value.map((item, i) => seeded(item, `${path}.${i}`));
    if (!isRecord(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => {
        const at = `${path}.${key}`;
        const isInitializer = /Initializer$/.test(key) && isRecord(item) && isRecord(item["config"]);
        if (!isInitializer) return [key, seeded(item, at)];
        const options = item["config"] as Record<string, unknown>;
        return [key, { ...item, config: { ...options, seed: options["seed"] ?? scope.seed(at) } }];
      }),
    );
  };
  return seeded(config, "initializer") as Config;
}
