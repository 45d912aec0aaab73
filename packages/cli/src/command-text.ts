import { withoutSecrets } from "@tssl/augment-zoo";
import { inShell } from "@tssl/core/internal";

/** The value of an option; true: a flag that is set. What is false or undefined is not given. */
type OptionValue = string | number | boolean | undefined;

/**
 * A command of tssl as a shell takes it, without secrets: "tssl compare a.yaml --seeds 5 --linear".
 *
 * @param options by their names; a list is given once for each value.
 */
export function commandText(
  words: readonly string[],
  options: Readonly<Record<string, OptionValue | readonly string[]>>,
): string {
  const given = Object.entries(options).flatMap(([name, value]) =>
    [value].flat().flatMap((each) => optionWords(name, each)),
  );
  return withoutSecrets(["tssl", ...words, ...given].map(inShell).join(" "));
}

function optionWords(name: string, value: OptionValue): readonly string[] {
  if (value === undefined || value === false) return [];
  return value === true ? [`--${name}`] : [`--${name}`, String(value)];
}
