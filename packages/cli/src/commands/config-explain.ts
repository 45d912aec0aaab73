import { allowedValues, didYouMean } from "@tssl/core/internal";
import type { Command } from "commander";

import { fileText, readSourcedOptions, type SourcedOption, sourceText } from "../config-sources.ts";
import { usageError } from "../errors.ts";
import { finish } from "../exit-code.ts";
import { environmentOverrides } from "../overrides.ts";
import { setOption } from "../set-option.ts";
import { table } from "../table.ts";

/** Also what the environment sets, at the beginning. */
interface ConfigExplainFlags {
  readonly set: readonly string[];
}

export function addConfigExplain(config: Command): void {
  config
    .command("explain")
    .description(
      "values of a config, who said them (file and line, preset, --set, TSSL_SET, default) and what they mean",
    )
    .argument("<key-or-config>", "an option or a section, such as optimizer.lr; left out: all of them")
    .argument("[config]", "YAML, JSON or TypeScript file")
    .addOption(setOption())
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

/** `tssl config explain [key] <config>`: values, who said them, and what they mean. */
async function configExplainCommand(
  key: string | undefined,
  file: string,
  { set }: ConfigExplainFlags,
): Promise<number> {
  const fromEnvironment = environmentOverrides().length;
  const options = await readSourcedOptions(file, set.slice(0, fromEnvironment), set.slice(fromEnvironment));
  const asked = key === undefined ? options : optionsAt(options, key);
  const [only] = asked;
  process.stdout.write(`${asked.length === 1 ? explanation(only!) : overview(asked)}\n`);
  return 0;
}

/** The option that a key names, or all those in the section that it names. */
function optionsAt(options: readonly SourcedOption[], key: string): readonly SourcedOption[] {
  const dotted = key.replaceAll(/\[(\d+)\]/g, ".$1");
  const found = options.filter(({ name, path }) =>
    [name, path.join(".")].some((each) => each === dotted || each.startsWith(`${dotted}.`)),
  );
  if (found.length > 0) return found;
  const names = options.map(({ name }) => name);
  throw usageError(
    `${key}: the config has no such option.${didYouMean(key, names)} Without a key, tssl config explain shows all of them.`,
  );
}

function overview(options: readonly SourcedOption[]): string {
  const rows = options.map(({ name, value, source }) => [name, JSON.stringify(value), sourceText(source)]);
  return table([["option", "value", "said by"], ...rows], "lll");
}

function explanation({ name, value, source, schema }: SourcedOption): string {
  const file = source.kind === "file" && source.preset !== undefined ? ` (${fileText(source.file)})` : "";
  const byDefault = schema.default === undefined ? "none, it must be given" : JSON.stringify(schema.default);
  const rows = [
    ["said by", `${sourceText(source)}${file}`],
    ["meaning", schema.description ?? "its author has not described it"],
    ["allowed", allowedValues(schema)],
    ["default", byDefault],
  ].map(([title, text]) => ["", title!, text!]);
  return `${name} = ${JSON.stringify(value)}\n${table(rows, "lll")}`;
}
