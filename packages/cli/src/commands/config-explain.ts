import { allowedValues, liesIn } from "@tssl/core/internal";
import type { Command } from "commander";

import { fileText, sourcedOptions, type SourcedOption, sourceText } from "../config-sources.ts";
import { finish } from "../exit-code.ts";
import { unknownKey } from "../messages/overrides.ts";
import type { Override } from "../overrides.ts";
import { readLayeredConfig } from "../read-run-config.ts";
import { setOption } from "../set-option.ts";
import { table } from "../table.ts";
import { printResult } from "../terminal.ts";
import { type TrustFlag, trustOption } from "../trust.ts";

interface ConfigExplainFlags extends TrustFlag {
  readonly set: readonly Override[];
}

export function addConfigExplain(config: Command): void {
  config
    .command("explain")
    .description(
      "show the values of a config, where each comes from (file and line, preset, --set, TSSL_SET, " +
        "default) and its meaning",
    )
    .argument(
      "<key-or-config>",
      "an option or a section, such as optimizer.lr; without it, all options are shown",
    )
    .argument("[config]", "YAML, JSON or TypeScript file")
    .addOption(setOption())
    .addOption(trustOption())
    .addHelpText(
      "after",
      "\nExamples:\n  tssl config explain config.yaml\n  tssl config explain plugins.clsa.beta config.yaml",
    )
    .action(async (first: string, second: string | undefined, flags: ConfigExplainFlags) =>
      finish(
        await (second === undefined
          ? configExplainCommand(undefined, first, flags)
          : configExplainCommand(first, second, flags)),
      ),
    );
}

/** `tssl config explain [key] <config>`: values, where they come from, and what they mean. */
async function configExplainCommand(
  key: string | undefined,
  file: string,
  { set, trust }: ConfigExplainFlags,
): Promise<number> {
  const options = sourcedOptions(await readLayeredConfig(file, set, { trust }));
  const asked = key === undefined ? options : optionsAt(options, key);
  const [only] = asked;
  printResult(`${asked.length === 1 ? explanation(only!) : overview(asked)}\n`);
  return 0;
}

/** The option at a key, or all options in the section at the key. */
function optionsAt(options: readonly SourcedOption[], key: string): readonly SourcedOption[] {
  const dotted = key.replaceAll(/\[(\d+)\]/g, ".$1");
  const found = options.filter(({ name, path }) =>
    [name, path.join(".")].some((each) => liesIn(each, dotted)),
  );
  if (found.length > 0) return found;
  throw unknownKey(
    key,
    options.map(({ name }) => name),
  );
}

function overview(options: readonly SourcedOption[]): string {
  const rows = options.map(({ name, value, source }) => [name, JSON.stringify(value), sourceText(source)]);
  return table([["option", "value", "from"], ...rows], "lll");
}

function explanation({ name, value, source, schema }: SourcedOption): string {
  const file = source.kind === "file" && source.preset !== undefined ? ` (${fileText(source.file)})` : "";
  const byDefault = schema.default === undefined ? "none; it must be given" : JSON.stringify(schema.default);
  const rows = [
    ["from", `${sourceText(source)}${file}`],
    ["meaning", schema.description ?? "no description"],
    ["allowed", allowedValues(schema)],
    ["default", byDefault],
  ].map(([title, text]) => ["", title!, text!]);
  return `${name} = ${JSON.stringify(value)}\n${table(rows, "lll")}`;
}
