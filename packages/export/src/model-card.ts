import { beforeCrop, sizeOfView, type ViewSize } from "@tssl/augment-zoo";
import { bytes, count, counted, duration, epochs, percent, short } from "@tssl/core/internal";
import { TSSL_VERSION } from "@tssl/core/run";

import type { CardFacts } from "./card-facts.ts";
import { LIMITS, type ProvenArtefact } from "./export-encoder.ts";
import { loadingOf } from "./loading.ts";

/** Writes the README.md of an export: what Hugging Face shows, from what the run knows. */
export function modelCard(facts: CardFacts, artefacts: readonly ProvenArtefact[]): string {
  const sections = [
    frontMatter(facts, artefacts),
    `# ${inLine(facts.name)}`,
    encoderSentence(facts),
    "## Load it",
    ...artefacts.flatMap(({ name }) => loadingOf(name, facts)),
    "## Proof",
    `${counted(facts.proofImages, "image")} of the run went through the run's encoder and through each ` +
      `file. The difference is the largest of any feature, relative to the largest feature where that is ` +
      `above 1; above ${limits(artefacts)} nothing would have been written.`,
    tableOf(
      ["artefact", "filters", "run by", "largest difference", "size"],
      artefacts.map(({ name, weights, provenBy, difference, files }) => [
        name,
        weights,
        provenBy,
        difference === 0 ? "0" : difference.toExponential(1),
        bytes(files.reduce((sum, file) => sum + file.bytes, 0)),
      ]),
    ),
    "## Images",
    images(facts),
    "## Training",
    training(facts),
    ...results(facts),
    ...curves(facts),
    "## Health",
    facts.health.length === 0
      ? "Nothing was found."
      : facts.health.map((each) => `- ${inLine(each)}`).join("\n"),
    "## Limits",
    SCOPE,
    "## Config",
    `\`\`\`\`yaml\n${facts.config.trimEnd()}\n\`\`\`\``,
  ];
  return `${sections.join("\n\n")}\n`;
}

/** "1e-4, with filters in float16 above 1e-2," */
function limits(artefacts: readonly ProvenArtefact[]): string {
  const [float32, float16] = [LIMITS.float32, LIMITS.float16].map((limit) => limit.toExponential(0));
  return artefacts.some(({ weights }) => weights === "float16")
    ? `${float32}, with filters in float16 above ${float16},`
    : `${float32}`;
}

const SCOPE =
  "- The features are those of the images that the run was trained on; of other images nothing is known.\n" +
  "- No class, box or text comes out: what the features mean is up to what is trained on them.\n" +
  "- Biases of the training images are in the features.";

/** What Hugging Face reads: which library loads it, what it is for, and what was measured. */
function frontMatter(facts: CardFacts, artefacts: readonly ProvenArtefact[]): string {
  const hasTimm = artefacts.some(({ files }) => files.some((file) => file.path === "config.json"));
  const measured = facts.evaluations.map(({ name, accuracy }) =>
    [
      `          - type: accuracy`,
      `            name: ${JSON.stringify(name)}`,
      `            value: ${Number((accuracy * 100).toFixed(2))}`,
    ].join("\n"),
  );
  return [
    "---",
    ...(facts.license === undefined ? [] : [`license: ${JSON.stringify(facts.license)}`]),
    `library_name: ${hasTimm ? "timm" : "tssl"}`,
    "pipeline_tag: image-feature-extraction",
    `tags: ${JSON.stringify(["tssl", ...facts.methods])}`,
    ...(measured.length === 0
      ? []
      : [
          "model-index:",
          `  - name: ${JSON.stringify(facts.name)}`,
          "    results:",
          "      - task: { type: image-classification }",
          '        dataset: { type: own, name: "test images of the run" }',
          "        metrics:",
          ...measured,
        ]),
    "---",
  ].join("\n");
}

/** What an encoder is, and how it was trained. */
export const encoderSentence = ({
  encoder,
  architecture,
  featureDim,
  methods,
  data,
  epochs: { done },
}: CardFacts): string =>
  `An image encoder (${architecture ?? inLine(encoder)}, ${count(featureDim)} features), trained by ` +
  `${methods.map(inLine).join(" + ")} on ${counted(data.images, "image")} for ${epochs(done)} ` +
  `with tssl ${TSSL_VERSION}.`;

function images({ imageSize, channels, depth, mean, deviation }: CardFacts): string {
  const before = beforeCrop(imageSize);
  const resized =
    typeof before === "number"
      ? `the shorter side resized to ${before}`
      : `resized to cover ${pixels(before)}`;
  return (
    `${pixels(imageSize)} pixels ${pixelsOf(channels)}: ${resized} (bilinear with antialiasing) unless it is that size ` +
    `already, the middle cut out. Scaled to 0 … 1, then mean [${mean.join(", ")}] and deviation ` +
    `[${deviation.join(", ")}]` +
    (depth === 8 ? "; ONNX does this inside and takes bytes, as TensorFlow.js does." : ".")
  );
}

/** "in RGB", "in grey", "of 13 channels". */
const pixelsOf = (channels: number): string =>
  channels === 3 ? "in RGB" : channels === 1 ? "in grey" : `of ${channels} channels`;

/** "64 x 32": width and height. */
function pixels(size: ViewSize): string {
  const { width, height } = sizeOfView(size);
  return `${width} x ${height}`;
}

function training(facts: CardFacts): string {
  const { checkpoint, steps, batchSize, seconds, data, environment } = facts;
  const classes = data.classes === 0 ? "without classes" : `of ${counted(data.classes, "class", "classes")}`;
  const fingerprints = Object.entries(data.fingerprints).map(([name, digest]) => [
    `fingerprint of ${name}`,
    digest,
  ]);
  return tableOf(
    ["what", "value"],
    [
      ["checkpoint", checkpoint],
      [
        "steps",
        `${count(steps)} of ${batchSize} images; ${epochs(facts.epochs.done)} of ${facts.epochs.planned}`,
      ],
      ["time", duration(seconds)],
      ["images", `${count(data.images)} ${classes}`],
      ...fingerprints,
      ...Object.entries(environment).map(([name, value]) => [name, String(value)]),
      ...facts.notes.map((note) => ["note", note]),
    ],
  );
}

function results({ evaluations }: CardFacts): readonly string[] {
  if (evaluations.length === 0) return [];
  return [
    "## Results",
    tableOf(
      ["measured", "accuracy", "untrained encoder", "test images", "after step"],
      evaluations.map(({ name, accuracy, untrained, testImages, step }) => [
        name,
        percent(accuracy),
        untrained === undefined ? "–" : percent(untrained),
        testImages === undefined ? "–" : count(testImages),
        count(step),
      ]),
    ),
  ];
}

/** Moments of the run at which a curve is read: begin, quarters, end. */
const MOMENTS = [0, 0.25, 0.5, 0.75, 1];

function curves({ curves }: CardFacts): readonly string[] {
  const drawn = curves.filter(({ values }) => values.length > 0);
  if (drawn.length === 0) return [];
  return [
    "## Curves",
    tableOf(
      ["", "begin", "¼", "½", "¾", "end"],
      drawn.map(({ name, values }) => [
        name,
        ...MOMENTS.map((share) => short(values[Math.round(share * (values.length - 1))]!)),
      ]),
    ),
  ];
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(inCell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Text of others in Markdown: no character of it is an instruction. */
const inLine = (text: string): string => text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>#|]/g, "\\$&");

const inCell = (text: string): string => (text === "---" ? text : inLine(text));
