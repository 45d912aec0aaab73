import type { EvaluatedEncoder, LayerFeatures } from "@tssl/core/run";

import * as messages from "./messages.ts";

/** Stands for the encoder's own features among the names of layers. */
export const FEATURES = "features";

/** What classifiers are trained on, one after the other: the encoder's features, or its layers. */
type Extractor = EvaluatedEncoder["rawFeatures"] | LayerFeatures;

/**
 * The layers of an encoder that are asked for by name; where none is, its features, or with VISSL's protocol
 * all layers.
 *
 * @param use the encoder as the config names it.
 * @throws {TsslError} INVALID_OPTION for a name that is none of the encoder's, and for VISSL's protocol where
 * the encoder has no layers.
 */
export function chosenLayers(
  { rawFeatures, layers }: Pick<EvaluatedEncoder, "rawFeatures" | "layers">,
  asked: readonly string[] | undefined,
  { protocol, use }: { readonly protocol: string | undefined; readonly use: string },
): readonly Extractor[] {
  if (asked === undefined) {
    if (protocol !== "vissl") return [rawFeatures];
    if (layers.length === 0) throw messages.encoderWithoutLayers(use);
    return layers;
  }
  const known = [...layers.map(({ name }) => name), FEATURES];
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw messages.layersUnknown(use, unknown, known);
  return [...new Set(asked)].map((name) => layers.find((layer) => layer.name === name) ?? rawFeatures);
}
