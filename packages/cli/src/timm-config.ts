import { existsSync } from "node:fs";
import path from "node:path";

import {
  anything,
  encoderSectionOf,
  isSection,
  listOf,
  number,
  object,
  readJsonFile,
  type Section,
  type Shape,
  text,
  whole,
} from "@tssl/core/internal";

import { timmCropsOtherwise, timmModelUnknown } from "./messages/encoder-files.ts";

/** The weights of a folder that timm loads by "local-dir:". */
export const TIMM_WEIGHTS = "model.safetensors";
const TIMM_CONFIG = "config.json";

/** What timm's `config.json` says of a model, as far as it matters here. */
interface TimmConfig {
  readonly architecture: string;
  readonly global_pool?: string;
  readonly model_args?: {
    readonly num_heads?: number;
    readonly global_pool?: string;
  };
  readonly pretrained_cfg?: {
    readonly input_size?: readonly number[];
    readonly mean?: readonly number[];
    readonly std?: readonly number[];
    readonly crop_pct?: number;
    readonly interpolation?: string;
  };
}

const timmShape: Shape<TimmConfig> = object(
  { architecture: text },
  {
    global_pool: text,
    model_args: object({}, { num_heads: whole(1), global_pool: text }),
    pretrained_cfg: object(
      {},
      {
        input_size: listOf(whole(1), { atLeast: 3 }),
        mean: listOf(number()),
        std: listOf(number()),
        crop_pct: number(),
        interpolation: text,
      },
    ),
  },
);

/** Whether timm loads a folder; a run folder has a config of its own. */
export const isTimmFolder = (folder: string): boolean =>
  [TIMM_CONFIG, TIMM_WEIGHTS].every((name) => existsSync(path.join(folder, name))) &&
  !existsSync(path.join(folder, "config.yaml"));

/** timm's models that are encoders here with the same weights, but for DeiT's, which are ViTs. */
const SAME = /^(resnet(18|34|50)|resnext50_32x4d|wide_resnet50_2|convnext_tiny|(vit|deit)_(tiny|small|base)_patch\d+_\d+)$/; // prettier-ignore

/** The middle of an image that evaluation sees, `evaluationView`. */
const CROP = 224 / 256;

/** What timm's config says beside the sections of a config of tssl. */
export interface TimmSections {
  readonly sections: Section;
  /** A sentence, where timm itself prepares images otherwise. */
  readonly notice?: string;
}

/**
 * The sections of a config that make the model of a file in timm's form, by the `config.json` beside it;
 * undefined where there is none of timm's.
 *
 * @param architecture what the file holds, by its shapes.
 * @throws {TsslError} WEIGHTS for a model of timm that is no encoder here; FILE_DAMAGED for a config that is
 * none.
 */
export async function timmSections(
  file: string,
  architecture: string | undefined,
): Promise<TimmSections | undefined> {
  const place = path.join(path.dirname(file), TIMM_CONFIG);
  const content = await readJsonFile(place, anything);
  if (!isSection(content) || typeof content["architecture"] !== "string") return undefined;
  const config = (await readJsonFile(place, timmShape))!;
  const [name] = config.architecture.split(".") as [string];
  if (!SAME.test(name) || architecture === undefined) throw timmModelUnknown(file, name);
  const { input_size: size = [3, 224, 224], mean, std, crop_pct: crop, interpolation } = config.pretrained_cfg ?? {}; // prettier-ignore
  const [channels, height, width] = size as [number, number, number];
  const isAsHere = (crop ?? CROP) === CROP && (interpolation ?? "bilinear") === "bilinear";
  return {
    sections: {
      encoder: { ...encoderSectionOf(architecture), ...vitOptions(config, name) },
      imageSize: height === width ? height : [height, width],
      data: {
        ...(channels === 3 ? {} : { channels }),
        ...(mean === undefined ? {} : { mean }),
        ...(std === undefined ? {} : { deviation: std }),
      },
    },
    ...(isAsHere ? {} : { notice: timmCropsOtherwise(crop ?? CROP, interpolation ?? "bilinear") }),
  };
}

/** @param name timm's of the model. */
function vitOptions({ model_args: args = {}, global_pool: pool }: TimmConfig, name: string): Section {
  if (!/^(vit|deit)_/.test(name)) return {};
  return {
    ...(args.num_heads === undefined ? {} : { heads: args.num_heads }),
    ...((args.global_pool ?? pool) === "avg" ? { pool: "mean" } : {}),
  };
}
