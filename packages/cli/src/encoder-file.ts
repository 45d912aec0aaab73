import {
  architectureIn,
  compileEncoder,
  encoderSectionOf,
  isSection,
  makeEncoderOf,
  parseEncoder,
  readWeights,
  type Section,
} from "@tssl/core/internal";
import { ENCODER } from "@tssl/export";

import type { EncoderToLoad } from "./encoder-to-load.ts";
import { encoderFileUnknown } from "./messages/encoder-files.ts";
import { builtIn } from "./registry.ts";
import { startEngineFor } from "./start-engine-for.ts";
import { tell } from "./terminal.ts";
import { timmSections } from "./timm-config.ts";

/** Pixels of the images that ResNets of ImageNet take. */
const IMAGENET_SIZE = 224;

/**
 * Reads an encoder of a safetensors file or an ONNX model. Which one it is, and what images it takes, an
 * export says itself, and timm's `config.json` beside a file of timm; any other file holds a ResNet of
 * torchvision, whose images are ImageNet's.
 *
 * @throws {TsslError} WEIGHTS where it is none, or holds an encoder that is not built in.
 */
export async function openEncoderFile(file: string): Promise<EncoderToLoad> {
  const weights = await readWeights(file);
  const said = weights.metadata[ENCODER];
  const known = said === undefined ? await sectionsOf(file, architectureIn(weights)) : sectionsIn(said);
  if (known === undefined) throw encoderFileUnknown(file);
  const data = isSection(known["data"]) ? known["data"] : {};
  const rest = { epochs: 1, batchSize: 2 }; // of which nothing is asked
  const config = parseEncoder({ ...rest, ...known, data: { ...data, train: "." } }, builtIn, file);
  return {
    async load() {
      const compile = await startEngineFor(config.settings.engine);
      const made = makeEncoderOf(config, { prefix: "encoder.", drawnAs: "encoder.", weights });
      const encoder = compileEncoder(made, compile);
      return { encoder, name: file, mark: [weights.sha256, compile.precision] };
    },
  };
}

/** The sections of a file that says nothing itself. */
async function sectionsOf(file: string, architecture: string | undefined): Promise<Section | undefined> {
  const ofTimm = await timmSections(file, architecture);
  if (ofTimm?.notice !== undefined) tell(ofTimm.notice);
  return ofTimm?.sections ?? torchvisionSections(architecture);
}

const torchvisionSections = (architecture: string | undefined): Section | undefined =>
  architecture?.includes(" with stem: ") === true
    ? { encoder: encoderSectionOf(architecture), imageSize: IMAGENET_SIZE }
    : undefined;

/** The sections of a config that an export carries. */
function sectionsIn(text: string): Section | undefined {
  try {
    const sections: unknown = JSON.parse(text);
    if (!isSection(sections)) return undefined;
    const { encoder, imageSize, data } = sections;
    return { encoder, imageSize, ...(data === undefined ? {} : { data }) };
  } catch {
    return undefined;
  }
}
