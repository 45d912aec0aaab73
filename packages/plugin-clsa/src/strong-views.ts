import { invalidOption, type Recipe, stronger, type View, type ViewFacts, withSize } from "@tssl/core";

import type { ClsaOptions } from "./options.ts";

/** Side of the paper's strong crop over that of its weak one: 96 pixels to 224. */
const STRONG_TO_WEAK = 96 / 224;

/** Names of the strong views: "strong", or "strong1", "strong2", … where there are several. */
export const strongViewNames = (count: number): readonly string[] =>
  count === 1 ? ["strong"] : Array.from({ length: count }, (_, i) => `strong${i + 1}`);

/**
 * The strong views on top of a method's weak one: its whole recipe at the strong size, then CLSA's random composition.
 *
 * A smaller view covers less of the image in proportion to its side: with S the weak side and s the strong one, the crop's share
 * of the image is drawn from the weak range times s / S. Authors' code: (0.2, 1) at 224 pixels, (0.086, 0.429) at 96.
 */
export function strongViews(options: ClsaOptions, facts: ViewFacts): Record<string, View> {
  const weak = facts.views[options.weakView];
  if (weak === undefined) {
    const known = Object.keys(facts.views).join(", ");
    throw invalidOption("clsa.weakView", `a view of the method (${known})`, options.weakView);
  }
  const crop = weak.recipe.find((operation) => operation.op === "randomResizedCrop");
  if (crop === undefined) {
    throw invalidOption("clsa.weakView", "a view that begins with a random resized crop", options.weakView);
  }
  const size = options.strongSize ?? Math.ceil((crop.size * STRONG_TO_WEAK) / 8) * 8;
  const share = size / crop.size;
  const scale: [number, number] = [crop.scale[0] * share, Math.min(1, crop.scale[1] * share)];
  const { pool, draws, probability } = options;
  const recipe: Recipe = stronger(withSize(weak.recipe, { size, scale }), { pool, draws, probability });
  return Object.fromEntries(strongViewNames(options.strongViews).map((name) => [name, { recipe }]));
}
