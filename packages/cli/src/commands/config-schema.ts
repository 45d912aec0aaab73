import { writeFile } from "node:fs/promises";

import { wholeSchema } from "../whole-schema.ts";

export interface ConfigSchemaFlags {
  readonly out?: string;
}

/** `tssl config schema`: the JSON Schema of a config, on standard output or in a file. */
export async function configSchemaCommand({ out }: ConfigSchemaFlags): Promise<number> {
  if (out === undefined) process.stdout.write(wholeSchema());
  else await writeFile(out, wholeSchema());
  return 0;
}
