import { clsaStrongView, mocoV2View, withoutColour } from "@tssl/augment-zoo";
import { expect, it } from "vitest";

import { refusal } from "../testing/index.ts";
import { viewsFor } from "./views-for.ts";

const views = { query: { recipe: mocoV2View({ size: 32 }) } };
const keep = { withoutColour: false };

it("are those of the plugins for bytes of grey and of colours", () => {
  for (const channels of [1, 3]) expect(viewsFor(views, { channels, depth: 8 }, keep)).toEqual(views);
});

it("are refused by name where images have no colours, with what to use instead", async () => {
  expect(await refusal(() => viewsFor(views, { channels: 4, depth: 32 }, keep))).toBe(
    'INVALID_OPTION: The view "query" cannot be made of these images: colorJitter (saturation, hue) needs ' +
      "red, green and blue, and images have 4 channels. Leave it out; brightness and contrast work on any " +
      "channels. grayscale (brightness of three colours) needs red, green and blue, and images have 4 " +
      "channels. Leave it out; brightness and contrast work on any channels. data.withoutColour: true " +
      "leaves out what needs colours.",
  );
  const strong = { strong: { recipe: clsaStrongView({ size: 32 }) } };
  expect(await refusal(() => viewsFor(strong, { channels: 1, depth: 32 }, { withoutColour: true }))).toBe(
    'INVALID_OPTION: The view "strong" cannot be made of these images: randomStrong (paper) draws ' +
      "operations on levels of 8 bits, such as posterize and equalize, and views have float32. Use 8 bits, " +
      "or a recipe without it.",
  );
});

it("go without colours where the config says so", () => {
  expect(viewsFor(views, { channels: 13, depth: 32 }, { withoutColour: true })).toEqual({
    query: { recipe: withoutColour(mocoV2View({ size: 32 })) },
  });
});
