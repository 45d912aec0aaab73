import { ImageError, type ImageFile, type ImageHeader, readHead, readHeader } from "@tssl/augment-zoo";

import type { DataLedger } from "./data-ledger.ts";
import { contentKeys } from "./file-contents.ts";
import { markOfHead } from "./fingerprint.ts";
import type { ImageSet } from "./image-set.ts";
import { extensionOf } from "./left-out-by-name.ts";
import { type Sides, sidesOf } from "./sides.ts";

/** Some images, counted, with examples. */
export interface Found<Example> {
  readonly count: number;
  /** At most ten. */
  readonly examples: readonly Example[];
}

/** What a set of images is, seen without training. */
export interface ImageSurvey {
  readonly root: string;
  readonly images: number;
  /** Images of each class, in the order of the classes; none where there are no classes. */
  readonly classes: readonly { readonly name: string; readonly images: number }[];
  /** Absent where no header can be read. */
  readonly width?: Sides;
  readonly height?: Sides;
  /** Images by number of channels, by bits of a channel, and by format. */
  readonly channels: Readonly<Record<string, number>>;
  readonly bits: Readonly<Record<string, number>>;
  readonly formats: Readonly<Record<string, number>>;
  /** Images whose extension is that of another format. */
  readonly misnamed: Found<{ readonly name: string; readonly format: string }>;
  /**
   * Images whose header cannot be read, and how many of them for each reason: "BMP image", "not an image".
   * Others may be damaged further on: pixels are not decoded.
   */
  readonly unreadable: Found<{ readonly name: string; readonly kind: string }> & {
    readonly kinds: Readonly<Record<string, number>>;
  };
  /** Images with the same bytes as an earlier one. */
  readonly copies: Found<{ readonly name: string; readonly of: string }>;
  readonly ledger: DataLedger;
}

/** Test images that are training images too, byte for byte. */
export type Overlap = Found<{ readonly test: string; readonly train: string }>;

export interface SurveyOptions {
  /** Is told how many of all images were looked at. */
  readonly onProgress?: (done: number, all: number) => void;
}

/** Examples that are kept. */
const EXAMPLES = 10;

/** Files open at a time. */
const AT_ONCE = 16;

/** Formats by extension, where they are called otherwise. */
const FORMATS: Readonly<Record<string, string>> = {
  ".jpg": "jpeg",
  ".jpe": "jpeg",
  ".jfif": "jpeg",
  ".tif": "tiff",
};

/** What was read of each image of a set. */
interface Looked {
  readonly set: ImageSet;
  /** Why there is none, where there is none: "BMP image". */
  readonly headers: readonly (ImageHeader | string)[];
  readonly marks: readonly (string | undefined)[];
}

/**
 * Looks at every image of a training set and, where there is one, of a test set: headers, equal files, images
 * that are in both.
 */
export async function surveyImages(
  train: ImageSet,
  test: ImageSet | undefined,
  { onProgress = () => {} }: SurveyOptions = {},
): Promise<{ readonly train: ImageSurvey; readonly test?: ImageSurvey; readonly overlap?: Overlap }> {
  const all = train.files.length + (test?.files.length ?? 0);
  let done = 0;
  const onImage = () => onProgress(++done, all);
  const looked = [await look(train, onImage), ...(test === undefined ? [] : [await look(test, onImage)])];
  const keys = await contentKeys(
    looked.flatMap(({ set }) => set.files),
    looked.flatMap(({ marks }) => marks),
  );
  const [trainKeys, testKeys] = [keys.slice(0, train.files.length), keys.slice(train.files.length)];
  const survey = { train: surveyOf(looked[0]!, trainKeys) };
  if (test === undefined) return survey;
  const first = firstByKey(trainKeys);
  const both = foundIn(testKeys, (key, i) =>
    first.has(key) ? { test: test.names[i]!, train: train.names[first.get(key)!]! } : undefined,
  );
  return { ...survey, test: surveyOf(looked[1]!, testKeys), overlap: both };
}

async function look(set: ImageSet, onImage: () => void): Promise<Looked> {
  const { files } = set;
  const headers = new Array<Looked["headers"][number]>(files.length);
  const marks = new Array<string | undefined>(files.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < files.length) {
      const place = next++;
      ({ header: headers[place], mark: marks[place] } = await lookAt(files[place]!));
      onImage();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return { set, headers, marks };
}

async function lookAt(file: ImageFile): Promise<{ header: ImageHeader | string; mark?: string }> {
  const head = await readHead(file).catch(kindOf);
  if (typeof head === "string") return { header: head };
  return {
    mark: markOfHead(head.size, head.bytes),
    header: await readHeader(file, head).catch(kindOf),
  };
}

/** Why an image cannot be read. */
const kindOf = (error: unknown): string => (error instanceof ImageError ? error.kind : "unreadable");

function surveyOf({ set, headers }: Looked, keys: readonly string[]): ImageSurvey {
  const { root, names, classes, labels, ledger } = set;
  const first = firstByKey(keys);
  const readable = headers.filter((header) => typeof header !== "string");
  const kinds = headers.filter((header) => typeof header === "string");
  const [width, height] = [
    sidesOf(readable.map((each) => each.width)),
    sidesOf(readable.map((each) => each.height)),
  ];
  const counts = new Int32Array(classes.length);
  for (const label of labels ?? []) counts[label]!++;
  return {
    root,
    images: names.length,
    classes: classes.map((name, i) => ({ name, images: counts[i]! })),
    ...(width === undefined ? {} : { width }),
    ...(height === undefined ? {} : { height }),
    channels: tally(readable.map(({ channels }) => channels)),
    bits: tally(readable.map(({ bits }) => bits)),
    formats: tally(readable.map(({ format }) => format)),
    misnamed: foundIn(headers, (header, i) => {
      const extension = extensionOf(names[i]!);
      const named = FORMATS[extension] ?? extension.slice(1);
      return typeof header === "string" || header.format === named
        ? undefined
        : { name: names[i]!, format: header.format };
    }),
    unreadable: {
      ...foundIn(headers, (header, i) =>
        typeof header === "string" ? { name: names[i]!, kind: header } : undefined,
      ),
      kinds: tally(kinds),
    },
    copies: foundIn(keys, (key, i) => {
      const place = first.get(key)!;
      return place === i ? undefined : { name: names[i]!, of: names[place]! };
    }),
    ledger,
  };
}

/** The first place of each key. */
function firstByKey(keys: readonly string[]): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const [i, key] of keys.entries()) if (!first.has(key)) first.set(key, i);
  return first;
}

/** Counts what `find` gives, and keeps the first of it. */
function foundIn<Item, Example>(
  items: readonly Item[],
  find: (item: Item, place: number) => Example | undefined,
): Found<Example> {
  const examples: Example[] = [];
  let count = 0;
  for (const [i, item] of items.entries()) {
    const found = find(item, i);
    if (found === undefined) continue;
    count++;
    if (examples.length < EXAMPLES) examples.push(found);
  }
  return { count, examples };
}

/** How often each value comes. */
function tally(values: readonly (string | number)[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
