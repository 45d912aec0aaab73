#!/usr/bin/env node
import { parseArgs } from "node:util";

import sharp from "sharp";

import { replay } from "./applied.ts";
import { checkApplied } from "./check-applied.ts";
import { decodeImage } from "./decode.ts";
import { ImageError, RecipeError } from "./errors.ts";

const USAGE = "augment-zoo apply --op NAME [--params JSON] IN OUT";

/** Wrong words on the command line. */
class UsageError extends Error {}

try {
  await main(process.argv.slice(2));
} catch (error) {
  const isForeseen = [UsageError, ImageError, RecipeError].some((kind) => error instanceof kind);
  if (!isForeseen && process.env["AUGMENT_ZOO_DEBUG"] !== undefined) throw error;
  process.stderr.write(`augment-zoo: ${(error as Error).message.split("\n")[0]!}\n`);
  process.exitCode = 2;
}

/** Runs one operation on one image; the format of OUT follows from its name. */
async function main(args: string[]): Promise<void> {
  const { op, params, input, output } = readArguments(args);
  const image = await decodeImage(input);
  const { width, height, data } = replay(image, [checkApplied(op, params, image)]);
  try {
    await sharp(data, { raw: { width, height, channels: 3 } }).toFile(output);
  } catch (error) {
    throw new UsageError(`Cannot write ${output}: ${(error as Error).message}`);
  }
}

function readArguments(args: string[]): { op: string; params: unknown; input: string; output: string } {
  const { values, positionals } = parse(args);
  const [command, input, output, ...rest] = positionals;
  const { op, params } = values;
  if (command !== "apply" || op === undefined || output === undefined || rest.length > 0) {
    throw new UsageError(`Usage: ${USAGE}`);
  }
  try {
    return { op, params: JSON.parse(params) as unknown, input: input!, output };
  } catch {
    throw new UsageError(`--params must be JSON such as '{"factor": 1.2}', got ${params}`);
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { op: { type: "string" }, params: { type: "string", default: "{}" } },
    });
  } catch (error) {
    throw new UsageError(`${(error as Error).message} Usage: ${USAGE}`);
  }
}
