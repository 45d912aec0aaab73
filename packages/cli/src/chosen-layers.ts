import { FEATURES } from "@tssl/core/internal";

import { encoderWithoutLayers, layersUnknown } from "./messages/evaluation.ts";

/**
 * The names of an encoder's layers that classifiers are trained on: those that are asked for; where none is,
 * its features, or with VISSL's protocol all layers.
 *
 * @param layers all that the encoder has.
 * @param use the encoder as the config names it.
 * @throws {TsslError} INVALID_OPTION for a name that is none of the encoder's, and for VISSL's protocol where
 * the encoder has no layers.
 */
export function chosenLayers(
  layers: readonly string[],
  asked: readonly string[] | undefined,
  { protocol, use }: { readonly protocol: string | undefined; readonly use: string },
): readonly string[] {
  if (asked === undefined) {
    if (protocol !== "vissl") return [FEATURES];
    if (layers.length === 0) throw encoderWithoutLayers(use);
    return layers;
  }
  const known = [...layers, FEATURES];
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw layersUnknown(use, unknown, known);
  return [...new Set(asked)];
}
