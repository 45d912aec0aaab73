import { freezingNeedsWeights, frozenForWholeRun } from "../messages/options.ts";
import type { AnyEncoder } from "../networks/encoder.ts";
import type { AnyOptimizer } from "../optimizers/optimizer.ts";
import type { Chosen } from "./choose-definition.ts";
import type { Problem } from "./problems.ts";
import type { LearningSettings } from "./run-settings.ts";
import { encoderProperties, learningProperties } from "./section-properties.ts";

export interface ConfiguredEncoder {
  readonly definition: AnyEncoder;
  readonly options: Readonly<object>;
  /** The file that it starts from; absent where its values are drawn. */
  readonly weights?: string;
  /** Epochs at the start in which it does not move. Default 0. */
  readonly freezeEpochs?: number;
}

export interface ConfiguredOptimizer {
  readonly definition: AnyOptimizer;
  readonly learning: LearningSettings;
  readonly options: Readonly<object>;
}

/** The schema of an encoder's section: the encoder's own options, and those of every encoder. */
export function withEncoderProperties({ options }: AnyEncoder): object {
  const own = options as { properties: object; required: string[] };
  if (hasOwnWeights(own)) return own;
  return { ...own, properties: { ...encoderProperties, ...own.properties } };
}

/** Whether an encoder has options of its own where every encoder has `weights` and `freezeEpochs`. */
const hasOwnWeights = (options: object): boolean =>
  Object.keys(encoderProperties).some((name) => name in (options as { properties: object }).properties);

/** Parts the options of every encoder from its own. */
export function splitWeights({ definition, options }: Chosen<AnyEncoder>): ConfiguredEncoder {
  if (hasOwnWeights(definition.options)) return { definition, options };
  const { weights, freezeEpochs, ...rest } = options as {
    readonly weights: string | null;
    readonly freezeEpochs: number;
  };
  return { definition, options: rest, freezeEpochs, ...(weights === null ? {} : { weights }) };
}

/** @param epochs of the run, where they are known. */
export function freezingProblems(
  { weights, freezeEpochs = 0 }: ConfiguredEncoder,
  epochs = Infinity,
): Problem[] {
  const path = "encoder.freezeEpochs";
  if (freezeEpochs > 0 && weights === undefined) return [{ path, text: freezingNeedsWeights() }];
  if (freezeEpochs >= epochs) return [{ path, text: frozenForWholeRun(freezeEpochs, epochs) }];
  return [];
}

/** The schema of an optimizer's section: learning rate and schedule, and the optimizer's own options. */
export function withLearningProperties({ options }: AnyOptimizer): object {
  const own = options as { properties: object; required: string[] };
  return {
    ...own,
    properties: { ...learningProperties, ...own.properties },
    required: ["lr", ...own.required],
  };
}

/** Parts the options of every optimizer from its own. */
export function splitLearning({ definition, options }: Chosen<AnyOptimizer>): ConfiguredOptimizer {
  const entries = Object.entries(options);
  const isLearning = ([key]: [string, unknown]) => key in learningProperties;
  return {
    definition,
    learning: Object.fromEntries(entries.filter(isLearning)) as unknown as LearningSettings,
    options: Object.fromEntries(entries.filter((entry) => !isLearning(entry))),
  };
}
