import path from "node:path";

import { bytes, findImages, makeEncoder, requireEmptyFolder, restoreEncoder } from "@tssl/core/internal";
import { readImages } from "@tssl/core/run";
import {
  architectureOfEncoder,
  type ArtefactName,
  artefactNames,
  encoderSentence,
  exportEncoder,
  modelCard,
  type ProvenArtefact,
  pushFolder,
  type PushOptions,
} from "@tssl/export";
import type { Command } from "commander";

import { cardFacts, metadataOf } from "../card-facts.ts";
import { commandText } from "../command-text.ts";
import { encoderGallery } from "../encoder-gallery.ts";
import { finish } from "../exit-code.ts";
import { exportImages } from "../export-images.ts";
import { artefactProven, hubNotPrivate, privateWithoutPush, tokenMissing } from "../messages/export.ts";
import { mustBeOneOf, mustBeRepository } from "../messages/option-values.ts";
import { openRunEncoder } from "../open-run-encoder.ts";
import { requireOutputFolder } from "../output-places.ts";
import { readProofImages } from "../proof-images.ts";
import { startEngineFor } from "../start-engine-for.ts";
import { table } from "../table.ts";
import { printResult, tell } from "../terminal.ts";
import { type TrustFlag, trustOption } from "../trust.ts";

interface ExportFlags extends TrustFlag {
  readonly to: readonly ArtefactName[];
  readonly out: string;
  readonly checkpoint?: string;
  readonly images?: string;
  readonly foldBatchNorm: boolean;
  readonly float16: boolean;
  readonly license?: string;
  readonly push?: string;
  readonly private: boolean;
  readonly json: boolean;
}

export function addExport(program: Command): void {
  program
    .command("export")
    .description("write a run's encoder for PyTorch, ONNX, the browser or detectron2, each file proven")
    .argument("<run>", "run folder")
    .requiredOption("--to <formats>", `one or several of ${artefactNames.join(",")}`, formats)
    .requiredOption("--out <folder>", "a new or empty folder, for the files and their model card")
    .option(
      "--checkpoint <name>",
      'name of a checkpoint, or "best" by checkpoint.best of the run (default: the newest)',
    )
    .option(
      "--images <folder>",
      "images to prove the files by, and for the page (default: those that the run was trained on)",
    )
    .option("--fold-batch-norm", "make each batch norm part of the convolution before it, in onnx", false)
    .option("--float16", "store filters and matrices as float16, in safetensors, onnx and tfjs", false)
    .option("--license <name>", "licence of the weights in the model card, such as mit or cc-by-4.0")
    .option(
      "--push <repository>",
      "also upload the folder to this repository of the Hugging Face hub, such as me/encoder, by the token " +
        "in HF_TOKEN",
      repository,
    )
    .option("--private", "make the repository of --push private, where it is not there yet", false)
    .option("--json", "one line of JSON", false)
    .addOption(trustOption())
    .addHelpText(
      "after",
      `
safetensors  torchvision's names; timm loads the folder ("local-dir:…"), tssl starts from the file
onnx         bytes in, features out, the normalization inside; any number of images; opset 17
tfjs         a GraphModel for TensorFlow.js
detectron2   the names of detectron2's ResNets, for MODEL.WEIGHTS
page         one HTML file that runs the encoder in a browser, offline: drop an image, see its neighbours

The same images go through the run's encoder and through each file. A difference above 1e-4 is refused, above
1e-2 with --float16 and for the page, which always stores it, and then nothing is written.

Examples:
  tssl export runs/demo --to safetensors,onnx --out encoder
  HF_TOKEN=… tssl export runs/demo --to safetensors,page --out encoder --push me/encoder`,
    )
    .action(async (run: string, flags: ExportFlags) => finish(await exportCommand(run, flags)));
}

/** "safetensors,onnx", each once. */
function formats(value: string): readonly ArtefactName[] {
  const names = [...new Set(value.split(",").map((name) => name.trim()))];
  for (const name of names) if (!isFormat(name)) throw mustBeOneOf(name, artefactNames);
  return names.filter(isFormat);
}

const isFormat = (name: string): name is ArtefactName => (artefactNames as readonly string[]).includes(name);

/** `tssl export <run>`: a line for each file that was proven. */
async function exportCommand(runFolder: string, flags: ExportFlags): Promise<number> {
  const { to, out, checkpoint, foldBatchNorm, float16, license } = flags;
  requireOutputFolder("--out", out);
  const push = hubOf(flags);
  await requireEmptyFolder(out, "--out");
  const run = await openRunEncoder(runFolder, flags);
  const { registry, settings, use, options, trust } = run;
  const source = await exportImages(settings, flags.images, trust);
  const set = to.includes("page") ? await readImages(source, tell) : undefined;
  const images = await readProofImages(settings, set ?? (await findImages(source, () => {})));
  const compile = await startEngineFor(settings.engine);
  const restored = await restoreEncoder(runFolder, registry, checkpoint);
  const { made, facts } = restored;
  const architecture = architectureOfEncoder(made);
  const card = await cardFacts(runFolder, restored, {
    ...{ encoder: use, architecture, proofImages: images.count },
    ...(license === undefined ? {} : { license }),
  });
  const page =
    set &&
    (await encoderGallery(made, {
      ...{ set, compile, title: settings.name, summary: encoderSentence(card) },
      command: pageCommand(runFolder, restored.checkpoint, flags.images),
    }));
  const artefacts = await exportEncoder(
    {
      ...{ made, use, options, architecture },
      representedBy: facts.representation,
      withWeights: (weights) => makeEncoder(runFolder, registry, facts, weights),
      steps: facts.step,
      metadata: metadataOf(settings.name, restored),
    },
    {
      ...{ to, out, images, foldBatchNorm, float16, ...(page && { page }) },
      card: (proven) => modelCard(card, proven),
      onProven: ({ name, provenBy }) => tell(artefactProven(name, provenBy)),
    },
  );
  if (!flags.json) printResult(`${artefactTable(artefacts, out)}\n`);
  const pushed =
    push === undefined
      ? undefined
      : await pushFolder(out, {
          ...push,
          title: `Encoder of ${settings.name}, ${restored.checkpoint}`,
        });
  if (flags.json) {
    const { checkpoint } = restored;
    const result = { checkpoint, out: path.resolve(out), images: images.count, artefacts, pushed };
    printResult(`${JSON.stringify(result)}\n`);
  } else if (pushed !== undefined) printResult(`Uploaded: ${pushed}\n`);
  return 0;
}

/** The command that makes the page alone. */
const pageCommand = (runFolder: string, checkpoint: string, images: string | undefined): string =>
  commandText(["export", runFolder], { checkpoint, images, to: "page", out: "encoder" });

/** Where --push uploads to: the variables are those of Hugging Face's own programs. */
function hubOf({ push, private: isPrivate }: ExportFlags): Omit<PushOptions, "title"> | undefined {
  if (push === undefined) {
    if (isPrivate) throw privateWithoutPush();
    return undefined;
  }
  const { HF_TOKEN: token, HF_ENDPOINT: hub } = process.env;
  if (token === undefined || token === "") throw tokenMissing();
  if (hub !== undefined && !mayHaveToken(hub)) throw hubNotPrivate();
  return { repository: push, token, isPrivate, ...(hub === undefined ? {} : { hub }) };
}

/** Whether a token goes to an address encrypted, or to this machine; a password in it would be printed. */
function mayHaveToken(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname, username, password } = new URL(address);
  if (username !== "" || password !== "") return false;
  return protocol === "https:" || (protocol === "http:" && LOOPBACK.has(hostname));
}

const LOOPBACK = new Set(["127.0.0.1", "[::1]", "localhost"]);

/** "me/encoder" */
function repository(value: string): string {
  if (!/^[\w.-]+\/[\w.-]+$/.test(value)) throw mustBeRepository();
  return value;
}

const artefactTable = (artefacts: readonly ProvenArtefact[], out: string): string =>
  table(
    [
      ["artefact", "filters", "run by", "largest difference", "size", "files"],
      ...artefacts.map(({ name, weights, provenBy, difference, files }) => [
        name,
        weights,
        provenBy,
        difference === 0 ? "0" : difference.toExponential(1),
        bytes(files.reduce((sum, file) => sum + file.bytes, 0)),
        filesText(out, files),
      ]),
    ],
    "lllrrl",
  );

/** The only file, or the first and how many there are besides. */
function filesText(out: string, [first, ...others]: ProvenArtefact["files"]): string {
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `${path.join(out, first!.path)}${more}`;
}
