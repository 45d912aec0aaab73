import {
  count as number,
  type Found,
  type ImageSurvey,
  leftOutText,
  onOneLine,
  type Overlap,
  type Sides,
} from "@tssl/core/internal";
import type { LeftOut } from "@tssl/core/run";

import { kindsText } from "./corrupt-text.ts";
import { table } from "./table.ts";

/** Classes that are listed one by one; of more, only the range of their sizes is shown. */
const MOST_CLASSES = 20;

/** Examples that a line shows; the JSON has more. */
const SHOWN = 3;

/** What `tssl data` shows of a set of images. */
export function surveyText(survey: ImageSurvey): string {
  const { root, images, classes, width, height, channels, bits, formats, ledger } = survey;
  const inClasses = classes.length === 0 ? "" : ` in ${classes.length} classes`;
  const rows: (readonly [string, string])[] = [];
  if (width !== undefined && height !== undefined) {
    rows.push(["width", sidesText(width)], ["height", sidesText(height)]);
  }
  rows.push(
    ["format", tallyText(formats)],
    ["channels", tallyText(channels)],
    ["bit depth", tallyText(bits)],
    [
      "extension",
      foundText(
        survey.misnamed,
        "all say the format",
        "of another format",
        ({ name, format }) => `${name} is ${format.toUpperCase()}`,
      ),
    ],
    ["headers", unreadableText(survey.unreadable)],
    ["copies", foundText(survey.copies, "none", "of other images", ({ name, of }) => `${name} = ${of}`)],
    [
      "left out",
      ledger.leftOut.length === 0
        ? "none"
        : `${number(ledger.found - ledger.images - ledger.labels)} of ${number(ledger.found)} files`,
    ],
  );
  return [
    `${onOneLine(root)}: ${number(images)} images${inClasses}`,
    ...indented(table(classRows(classes), "lr")),
    ...indented(table(rows, "ll")),
    ...ledger.leftOut.map((kind) => `    ${kindText(kind)}`),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

/** "21 of 60 test images are training images too: cat/t.jpg = cat/1.jpg, …" */
export function overlapText({ count, examples }: Overlap, testImages: number): string {
  if (count === 0) return "No test image is a training image.\n";
  const named = examples.slice(0, SHOWN).map(({ test, train }) => onOneLine(`${test} = ${train}`));
  const verb = count === 1 ? "is a training image" : "are training images";
  return (
    `${number(count)} of ${number(testImages)} test images ${verb} too: ` +
    `${named.join(", ")}${count > named.length ? ", …" : ""}. Accuracy is too high by them.\n`
  );
}

function classRows(classes: ImageSurvey["classes"]): readonly (readonly string[])[] {
  if (classes.length <= MOST_CLASSES) return classes.map(({ name, images }) => [name, number(images)]);
  const sizes = classes.map(({ images }) => images).sort((a, b) => a - b);
  return [["images of a class", `${number(sizes[0]!)} to ${number(sizes.at(-1)!)}`]];
}

const sidesText = ({ smallest, median, largest }: Sides): string =>
  smallest === largest ? `${smallest}` : `${smallest} to ${largest}, median ${median}`;

/** "118 × jpeg, 2 × png", the most frequent first */
const tallyText = (counts: Readonly<Record<string, number>>): string =>
  mostFirst(counts)
    .map(([value, images]) => `${number(images)} × ${value}`)
    .join(", ");

const mostFirst = (counts: Readonly<Record<string, number>>): readonly (readonly [string, number])[] =>
  Object.entries(counts).sort(([, a], [, b]) => b - a);

/** "2 of another format: a.jpg is PNG, b.jpg is GIF" */
function foundText<Example>(
  { count, examples }: Found<Example>,
  none: string,
  what: string,
  text: (example: Example) => string,
): string {
  if (count === 0) return none;
  const shown = examples.slice(0, SHOWN).map(text).join(", ");
  return `${number(count)} ${what}: ${shown}${count > Math.min(SHOWN, examples.length) ? ", …" : ""}`;
}

/** "3 that cannot be read (2 BMP images, 1 not an image): a.jpg, b.jpg, c.jpg" */
const unreadableText = (unreadable: ImageSurvey["unreadable"]): string =>
  foundText(
    unreadable,
    "all can be read",
    `that cannot be read (${kindsText(Object.fromEntries(mostFirst(unreadable.kinds)))})`,
    ({ name }) => name,
  );

/** "8 × .bmp (formats that are not decoded here): cat/1.bmp, cat/2.bmp, cat/3.bmp, …" */
function kindText(kind: LeftOut): string {
  if (kind.reason !== "format" && kind.reason !== "other") return leftOutText([kind]);
  const more = kind.count > kind.examples.length ? ", …" : "";
  return `${leftOutText([kind])}: ${kind.examples.map(onOneLine).join(", ")}${more}`;
}

const indented = (text: string): readonly string[] =>
  text === "" ? [] : text.split("\n").map((line) => `  ${line}`);
