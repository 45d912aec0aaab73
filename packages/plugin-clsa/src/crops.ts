import type { View, ViewFacts } from "@tssl/core";
import { stronger, type ViewSize, withSize } from "@tssl/augment-zoo";

import * as messages from "./messages.ts";
import type { ClsaOptions } from "./options.ts";

/** Sides of CLSA*'s crops in pixels, for a query of 224 pixels; CLSA with one crop uses the last side. */
const PAPER_SIDES = [224, 192, 160, 128, 96];
const PAPER_QUERY = 224;

/**
 * Sizes of the extra weak views and of the strong views, for a weak query of `querySize` pixels. Beside a
 * rectangle both sides are in proportion, unless the options name sides of squares.
 */
function cropSizes({ crops, weakSizes, strongSizes }: ClsaOptions, querySize: ViewSize) {
  const scaled = (sides: readonly number[]) =>
    sides.map((side): ViewSize => {
      const along = (length: number) => Math.ceil((side * length) / PAPER_QUERY / 8) * 8;
      return typeof querySize === "number" ? along(querySize) : [along(querySize[0]), along(querySize[1])];
    });
  return {
    weak: weakSizes ?? (crops === "multi" ? scaled(PAPER_SIDES.slice(1)) : []),
    strong: strongSizes ?? scaled(crops === "multi" ? PAPER_SIDES : PAPER_SIDES.slice(-1)),
  };
}

/** The side of a square, and of a rectangle that of a square of its area. */
const sideOf = (size: ViewSize): number => (typeof size === "number" ? size : Math.sqrt(size[0] * size[1]));

/** ["strong"], or ["strong1", "strong2", …] for several. */
const numbered = (kind: string, count: number): readonly string[] =>
  count === 1 ? [kind] : Array.from({ length: count }, (_, i) => `${kind}${i + 1}`);

/** Names of the views that the options add. */
export function cropNames(options: ClsaOptions): Record<"weak" | "strong", readonly string[]> {
  const { weak, strong } = cropSizes(options, PAPER_QUERY);
  return { weak: numbered("weak", weak.length), strong: numbered("strong", strong.length) };
}

/**
 * The added views: the recipe of the method's weak view at other sizes, and for strong views CLSA's random
 * composition after it.
 *
 * A smaller view covers a smaller part of the image, in proportion to its side. With S the side of the weak
 * view and s that of the added view, the crop's share of the area is drawn from the weak view's range times s
 * / S. Authors' code: (0.2, 1) at 224 pixels, (0.086, 0.429) at 96.
 */
export function cropViews(options: ClsaOptions, facts: ViewFacts): Record<string, View> {
  const [firstView] = Object.keys(facts.views);
  const weakView = options.weakView ?? firstView!;
  const recipe = facts.views[weakView]?.recipe;
  if (recipe === undefined) throw messages.notAView(Object.keys(facts.views), weakView);
  const query = recipe.find((operation) => operation.op === "randomResizedCrop");
  if (query === undefined) throw messages.withoutCrop(weakView);
  const at = (size: ViewSize) => {
    const share = sideOf(size) / sideOf(query.size);
    return withSize(recipe, { size, scale: [query.scale[0] * share, Math.min(1, query.scale[1] * share)] });
  };
  const { pool, draws, probability } = options;
  const sizes = cropSizes(options, query.size);
  const names = cropNames(options);
  return Object.fromEntries([
    ...names.weak.map((name, i) => [name, { recipe: at(sizes.weak[i]!) }]),
    ...names.strong.map((name, i) => [
      name,
      { recipe: stronger(at(sizes.strong[i]!), { pool, draws, probability }) },
    ]),
  ]) as Record<string, View>;
}
