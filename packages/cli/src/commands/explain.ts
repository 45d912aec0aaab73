import { didYouMean } from "@tssl/core/internal";
import type { Command } from "commander";

import { type DescribedError, errorCatalogue } from "../error-catalogue.ts";
import { finish } from "../exit-code.ts";
import { unknownCode } from "../messages/usage.ts";
import { printResult } from "../terminal.ts";

export function addExplain(program: Command): void {
  program
    .command("explain")
    .description("explain the code of an error: what it means and what to do")
    .argument("<code>", "the code below an error message, such as INVALID_DATA")
    .addHelpText("after", "\nExample:\n  tssl explain INVALID_DATA")
    .action((code: string) => {
      printResult(`${explanationOf(code)}\n`);
      finish(0);
    });
}

/** @throws {UsageError} if there is no such code. */
export function explanationOf(code: string): string {
  const errors = Object.values(errorCatalogue).flat();
  const found = errors.filter((error) => error.code === code.toUpperCase());
  if (found.length === 0) throw unknownCode(code, didYouMean(code.toUpperCase(), codesOf(errors)));
  return found.map(text).join("\n\n");
}

const codesOf = (errors: readonly DescribedError[]): readonly string[] => errors.map(({ code }) => code);

const text = ({ code, meaning, example, remedy, exitCode }: DescribedError): string =>
  `${code}\n${meaning} Exit code ${exitCode}.\n\nExample:\n  ${example}\n\nWhat to do:\n  ${remedy}`;
