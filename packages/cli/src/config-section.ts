import path from "node:path";

import { schemeOf } from "@tssl/augment-zoo";

/** A config or a part of it, unchecked. */
export type Section = Readonly<Record<string, unknown>>;

export const isSection = (value: unknown): value is Section =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * Makes paths of images and modules absolute; they are relative to the folder of the file that names them.
 */
export function withAbsolutePaths(content: Section, folder: string): Section {
  const absolute = (value: unknown) =>
    typeof value === "string" && schemeOf(value) === undefined ? path.resolve(folder, value) : value;
  const own = (item: unknown) =>
    isSection(item) && typeof item["use"] === "string" && item["use"].startsWith(".")
      ? { ...item, use: absolute(item["use"]) }
      : item;
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
    ...(encoder !== undefined && { encoder: own(encoder) }),
    ...(optimizer !== undefined && { optimizer: own(optimizer) }),
  };
}
