import type { ImageSet } from "@tssl/core/run";
import type { EmbeddedImages } from "@tssl/export";

/** The images that have features, and the names of those that could not be decoded. */
export function decodedImages(
  { files, names, labels, classes }: ImageSet,
  corrupt: readonly number[],
): EmbeddedImages & { readonly left: readonly string[] } {
  const left = new Set(corrupt);
  return {
    places: Array.from(files.keys()).filter((place) => !left.has(place)),
    names,
    ...(labels && { labels: Array.from(labels, (label) => classes[label] ?? "") }),
    left: [...left].map((place) => names[place]!),
  };
}
