import path from "node:path";

import { schemeOf } from "@tssl/augment-zoo";
import { isSection, type Section } from "@tssl/core/internal";

/** The paths and addresses of images in a config, or what stands in their place. */
export const imagesOf = (content: Section): readonly unknown[] =>
  ["data", "evaluation"].flatMap((name) => {
    const section = content[name];
    return isSection(section) ? [section["train"], section["test"]] : [];
  });

/** Keys of a plugin, encoder or optimizer whose value may be the path of a module. */
const NAMING = ["use", "replace", "remove"];

/**
 * Makes paths of images, modules and weights absolute; they are relative to the folder of the file that names
 * them.
 */
export function withAbsolutePaths(content: Section, folder: string): Section {
  const absolute = (value: unknown) =>
    typeof value === "string" && schemeOf(value) === undefined ? path.resolve(folder, value) : value;
  const own = (item: unknown) =>
    isSection(item)
      ? Object.fromEntries(
          Object.entries(item).map(([key, value]) => [
            key,
            NAMING.includes(key) && typeof value === "string" && value.startsWith(".")
              ? absolute(value)
              : value,
          ]),
        )
      : item;
  const withWeights = (item: unknown) =>
    isSection(item) && "weights" in item ? { ...item, weights: absolute(item["weights"]) } : item;
  const { plugins, encoder, optimizer } = content;
  /** A section whose `train` and `test` name images. */
  const withImages = (name: "data" | "evaluation") => {
    const section = content[name];
    return (
      isSection(section) && {
        [name]: {
          ...section,
          ...("train" in section && { train: absolute(section["train"]) }),
          ...("test" in section && { test: absolute(section["test"]) }),
        },
      }
    );
  };
  return {
    ...content,
    ...withImages("data"),
    ...withImages("evaluation"),
    ...(Array.isArray(plugins) && { plugins: plugins.map(own) }),
    ...(encoder !== undefined && { encoder: withWeights(own(encoder)) }),
    ...(optimizer !== undefined && { optimizer: own(optimizer) }),
  };
}

/**
 * A value that is set outside a file, with its paths absolute, as `withAbsolutePaths` makes them in a config.
 *
 * @param place keys that lead to the value: ["data", "train"], ["plugins", "0", "use"].
 */
export function withAbsoluteValue(place: readonly string[], value: unknown, folder: string): unknown {
  const keys = place[0] === "plugins" && place.length > 1 ? ["plugins", "0", ...place.slice(2)] : place;
  const config = keys.reduceRight((inner, key) => (key === "0" ? [inner] : { [key]: inner }), value);
  return keys.reduce<unknown>(
    (inner, key) => (inner as Section)[key],
    withAbsolutePaths(config as Section, folder),
  );
}
