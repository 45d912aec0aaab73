import { writeOutput } from "@tssl/core/internal";
import type { Command } from "commander";

import { finish } from "../exit-code.ts";
import { requireOutputFile } from "../output-places.ts";
import { printResult } from "../terminal.ts";
import { wholeSchema } from "../whole-schema.ts";

interface ConfigSchemaFlags {
  readonly out?: string;
}

export function addConfigSchema(config: Command): void {
  config
    .command("schema")
    .description("write the JSON Schema of a config, for editors that complete and check YAML")
    .option("--out <file>", "file for the schema (default: standard output)")
    .addHelpText(
      "after",
      "\nFirst line of a config with the schema:\n  # yaml-language-server: $schema=./tssl.schema.json",
    )
    .action(async (flags: ConfigSchemaFlags) => finish(await configSchemaCommand(flags)));
}

/** `tssl config schema`: the JSON Schema of a config, on standard output or in a file. */
async function configSchemaCommand({ out }: ConfigSchemaFlags): Promise<number> {
  if (out === undefined) printResult(wholeSchema());
  else {
    requireOutputFile("--out", out);
    await writeOutput(out, wholeSchema());
  }
  return 0;
}
