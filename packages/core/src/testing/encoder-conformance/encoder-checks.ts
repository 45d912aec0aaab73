import type { ViewSize } from "@tssl/augment-zoo";

import { parseConfig } from "../../config/parse-config.ts";
import type { AnyEncoder } from "../../networks/encoder.ts";
import { sgd } from "../../optimizers/sgd.ts";
import { requireNone } from "../conformance/check.ts";
import { encoderCheckNames } from "../encoder-messages.ts";
import { tellApart } from "../tell-apart.ts";
import type { EncoderRule } from "./encoder-check.ts";
import { features } from "./features.ts";
import { firstValues } from "./first-values.ts";
import { featureGradient } from "./feature-gradient.ts";
import { gradientReach } from "./gradients.ts";
import { learning } from "./learning.ts";
import { graphAgrees, recording, xlaAgrees } from "./modes.ts";
import { savedValues } from "./saved-values.ts";
import { batchNormGroups, eachImageAlone } from "./separate-images.ts";
import { stages } from "./stages.ts";
import { stateThroughScope, tensorLeaks } from "./state.ts";
import type { EncoderSubject } from "./subject.ts";

/** How an encoder is to be tried, and what of it is meant to be so. */
export interface EncoderTestOptions {
  /** The encoder's options, as a config has them; defaults for the rest. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** Pixels of the images, as in a config: a side, or `[height, width]`. Default 32. */
  readonly imageSize?: ViewSize;
  /**
   * Sizes of views that the encoder takes besides `imageSize`; none for one that is made for its images'
   * size alone. Default `[[48, 32]]`.
   */
  readonly viewSizes?: readonly ViewSize[];
  /** Images of a batch. Default 1, 2, 5. */
  readonly batchSizes?: readonly number[];
  /** Trained values that get no gradient by design, by name: "stem.bias", before batch norm. */
  readonly withoutGradient?: readonly string[];
  /** True for an encoder that brings weights of its own, and so starts the same whatever the seed. */
  readonly startsTrained?: boolean;
}

/** One test: its name, and what throws where the encoder fails it. */
export interface EncoderCheck {
  readonly name: string;
  run(): Promise<void>;
}

const rules: readonly EncoderRule[] = [
  features,
  stages,
  stateThroughScope,
  tensorLeaks,
  firstValues,
  eachImageAlone,
  batchNormGroups,
  gradientReach,
  featureGradient,
  recording,
  graphAgrees,
  xlaAgrees,
  savedValues,
  learning,
];

/**
 * Everything that a run asks of its encoder, as tests for any test runner; the engine must be started when
 * they run.
 *
 * @throws {TsslError} INVALID_CONFIG if `options` are not such as the encoder's schema allows.
 *
 * @example
 * ```ts
 * import { resnet20 } from "../../networks/resnet.ts";
 *
 * const [, , third] = encoderChecks(resnet20, { imageSize: 16, viewSizes: [[24, 16]] });
 * third?.name; // => "makes all its values through scope, and moves nothing but buffers"
 * await third?.run(); // throws where the encoder breaks the contract
 * ```
 */
export function encoderChecks(
  encoder: AnyEncoder,
  {
    options,
    imageSize = 32,
    viewSizes = [[48, 32]],
    batchSizes = [1, 2, 5],
    withoutGradient = [],
    startsTrained = false,
  }: EncoderTestOptions = {},
): readonly EncoderCheck[] {
  const subject: EncoderSubject = {
    encoder,
    options: withDefaults(encoder, options),
    ...{ imageSize, viewSizes, batchSizes, withoutGradient, startsTrained },
  };
  return rules.map((rule) => ({
    name: encoderCheckNames[rule.name],
    run: () => requireNone(() => rule.find(subject), encoder.name),
  }));
}

/** The encoder's options as a config with these gives them. */
const withDefaults = (encoder: AnyEncoder, options: EncoderTestOptions["options"]): Readonly<object> =>
  parseConfig(
    {
      epochs: 1,
      batchSize: 2,
      data: { train: "." },
      encoder: { ...options, use: encoder },
      plugins: [{ use: tellApart }],
      optimizer: { use: sgd, lr: 1 },
    },
    { plugins: {}, encoders: {}, optimizers: {} },
    `the test of the encoder ${encoder.name}`,
  ).encoder.options;
