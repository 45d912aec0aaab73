#!/usr/bin/env node
import { parseArgs } from "node:util";

import sharp from "sharp";

import { replay } from "./replay.ts";
import { checkApplied, describeOperations } from "./check-applied.ts";
import { decodeImage } from "./decode.ts";
import { blockOtherDecoders } from "./decoding/block-other-decoders.ts";
import { ImageError, RecipeError, UsageError } from "./errors.ts";
import { malformedParameters, outputNotWritable, wrongUsage } from "./messages/usage.ts";

const USAGE = "augment-zoo apply --op NAME [--params JSON] IN OUT";

const HELP = `Usage: ${USAGE}

Runs one operation on one image. The extension of OUT selects its format.

Example:
  augment-zoo apply --op rotate --params '{"degrees": 12}' in.jpg out.png

Operations and their parameters:
${describeOperations()}
`;

blockOtherDecoders();
try {
  await main(process.argv.slice(2));
} catch (error) {
  const isExpected = [UsageError, ImageError, RecipeError].some((kind) => error instanceof kind);
  if (!isExpected && process.env["AUGMENT_ZOO_DEBUG"] !== undefined) throw error;
  process.stderr.write(`augment-zoo: ${(error as Error).message.split("\n")[0]!}\n`);
  process.exitCode = 2;
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parse(args);
  if (values.help || args.length === 0) {
    process.stdout.write(HELP);
    return;
  }
  const { op, params, input, output } = readArguments(values, positionals);
  const image = await decodeImage(input);
  const { width, height, data } = replay(image, [checkApplied(op, params, image)]);
  try {
    await sharp(data, { raw: { width, height, channels: 3 } }).toFile(output);
  } catch (error) {
    throw outputNotWritable(output, error as Error);
  }
}

function readArguments(
  { op, params }: ReturnType<typeof parse>["values"],
  [command, input, output, ...rest]: readonly string[],
): { op: string; params: unknown; input: string; output: string } {
  if (command !== "apply" || op === undefined || output === undefined || rest.length > 0) {
    throw wrongUsage(USAGE);
  }
  try {
    return { op, params: JSON.parse(params) as unknown, input: input!, output };
  } catch {
    throw malformedParameters(params);
  }
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        op: { type: "string" },
        params: { type: "string", default: "{}" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw wrongUsage(USAGE, (error as Error).message);
  }
}
