import { pixelsOf } from "../maps.ts";
import {
  GALLERY_DATA_ID,
  GALLERY_FEATURES_ID,
  type GalleryData,
  MAP_DATA_ID,
  type MapData,
  SPRITE_ID,
} from "../page-data.ts";
import { embeddedBytes } from "./embedded-bytes.ts";
import { evaluationPixels } from "./evaluation-pixels.ts";
import { nearest, type Neighbour, placeAmong } from "./nearest.ts";
import { openEncoder } from "./open-encoder.ts";
import { readImage } from "./read-image.ts";

/** Neighbours that are shown of each image. */
const NEIGHBOURS = 10;

/** The page's `<template>` of a comparison: the image, and its neighbours in a list. */
const templateOf = (id: string): DocumentFragment =>
  document.getElementById(id)!.querySelector("template")!.content.cloneNode(true) as DocumentFragment;

/** Compares each image that a reader drops, pastes or chooses with those of the gallery. */
export async function compareImages(): Promise<void> {
  const gallery = JSON.parse(document.getElementById(GALLERY_DATA_ID)!.textContent) as GalleryData;
  const { imageSize } = gallery;
  const features = new Float32Array(embeddedBytes(GALLERY_FEATURES_ID));
  const told = document.querySelector<HTMLOutputElement>("#drop output")!;
  const say = (text: string): void => void (told.textContent = text);

  const encode = await openEncoder(imageSize);
  // The first image takes longer, since WebAssembly is compiled then.
  await encode(new Uint8Array(imageSize * imageSize * 3));

  const compare = async (file: Blob, name: string): Promise<void> => {
    say(`Looking at ${name} …`);
    const start = performance.now();
    const image = await readImage(file).catch(() => undefined);
    if (image === undefined) {
      say(`${name} cannot be shown: this browser reads no image in it.`);
      return;
    }
    const pixels = evaluationPixels(image, imageSize);
    const found = nearest(await encode(pixels), features, NEIGHBOURS);
    const took = Math.round(performance.now() - start);
    showComparison(gallery, { name, pixels, found });
    markOnMap(found);
    say(`${name}: ${took} ms.`);
  };
  let last = Promise.resolve();
  const compareAll = (files: Iterable<File>): void => {
    for (const file of files) {
      last = last
        .then(() => compare(file, file.name))
        .catch((error: unknown) => say(`${file.name}: ${String(error)}`));
    }
  };
  listen(compareAll);
  say("Ready.");
}

function listen(compareAll: (files: Iterable<File>) => void): void {
  const area = document.getElementById("drop")!;
  const input = area.querySelector("input")!;
  input.disabled = false;
  input.addEventListener("change", () => {
    compareAll(Array.from(input.files ?? []));
    input.value = ""; // the same file may be chosen again
  });
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    area.classList.add("over");
  });
  document.addEventListener("dragleave", () => area.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    area.classList.remove("over");
    compareAll(Array.from(event.dataTransfer?.files ?? []));
  });
  document.addEventListener("paste", (event) => compareAll(Array.from(event.clipboardData?.files ?? [])));
}

interface Comparison {
  readonly name: string;
  /** What the encoder saw, RGB. */
  readonly pixels: Uint8Array;
  readonly found: readonly Neighbour[];
}

/** Puts a comparison on top of those before. */
function showComparison(gallery: GalleryData, { name, pixels, found }: Comparison): void {
  const shown = templateOf("compared");
  shown.querySelector("figcaption")!.textContent = name;
  drawPixels(shown.querySelector("canvas")!, pixels, gallery.imageSize);
  shown.querySelector("h3")!.textContent = classesText(gallery, found);
  const list = shown.querySelector("ol")!;
  for (const neighbour of found) list.append(neighbourItem(gallery, neighbour));
  const cases = document.querySelector<HTMLElement>("#compared .cases")!;
  cases.prepend(shown);
  document.getElementById("compared")!.hidden = false;
}

function drawPixels(canvas: HTMLCanvasElement, pixels: Uint8Array, size: number): void {
  [canvas.width, canvas.height] = [size, size];
  const image = new ImageData(size, size);
  for (let from = 0, to = 0; from < pixels.length; from += 3, to += 4) {
    image.data.set(pixels.subarray(from, from + 3), to);
    image.data[to + 3] = 255;
  }
  canvas.getContext("2d")!.putImageData(image, 0, 0);
}

function neighbourItem(gallery: GalleryData, { image, similarity }: Neighbour): HTMLLIElement {
  const { names, classes, labels, tile, columns } = gallery;
  const item = document.createElement("li");
  const picture = document.createElement("canvas");
  [picture.width, picture.height] = [tile, tile];
  const sprite = document.getElementById(SPRITE_ID) as HTMLImageElement;
  const [left, top] = [(image % columns) * tile, Math.floor(image / columns) * tile];
  picture.getContext("2d")!.drawImage(sprite, left, top, tile, tile, 0, 0, tile, tile);
  picture.title = names[image]!;
  const cosine = document.createElement("span");
  cosine.className = "cosine";
  cosine.textContent = similarity.toFixed(2).replace("-", "−");
  item.append(picture);
  if (labels !== undefined) {
    const label = document.createElement("span");
    label.className = "label";
    label.textContent = classes[labels[image]!]!;
    item.append(label, " ");
  }
  item.append(cosine);
  return item;
}

/** "8 of the 10 nearest: temple"; nothing where there are no labels. */
function classesText({ classes, labels }: GalleryData, found: readonly Neighbour[]): string {
  if (labels === undefined) return `The ${found.length} nearest`;
  const counts = new Map<number, number>();
  for (const { image } of found) counts.set(labels[image]!, (counts.get(labels[image]!) ?? 0) + 1);
  const [label, most] = [...counts].reduce((best, each) => (each[1] > best[1] ? each : best));
  return `${most} of the ${found.length} nearest: ${classes[label]!}`;
}

/** Marks the image's place on the map, among its neighbours. */
function markOnMap(found: readonly Neighbour[]): void {
  const source = document.getElementById(MAP_DATA_ID);
  if (source === null) return;
  const { maps } = JSON.parse(source.textContent) as MapData;
  const figure = document.querySelector<HTMLElement>("figure.map")!;
  const canvas = figure.querySelector("canvas")!;
  const mark =
    figure.querySelector<HTMLElement>(".mark") ?? figure.appendChild(document.createElement("span"));
  mark.className = "mark";
  const { x, y } = pixelsOf(canvas, placeAmong(found, maps[0]!.positions));
  mark.style.left = `${canvas.offsetLeft + x}px`;
  mark.style.top = `${canvas.offsetTop + y}px`;
}
