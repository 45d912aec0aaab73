import type { Image } from "../image.ts";
import { luma } from "./luma.ts";

/** Three equal channels of brightness. As torchvision's `Grayscale(3)`: `Image.convert("L")`, repeated. */
export function grayscale(source: Image, target: Uint8Array): void {
  const { data } = source;
  for (let i = 0; i < data.length; i += 3) {
    const grey = luma(data[i]!, data[i + 1]!, data[i + 2]!);
    target[i] = grey;
    target[i + 1] = grey;
    target[i + 2] = grey;
  }
}
