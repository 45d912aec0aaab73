import { CommanderError, type Command } from "commander";
import { describe, expect, it } from "vitest";

import { buildProgram } from "../../packages/cli/src/program.ts";
import { fencesOfPage, pages, proseOf, readText } from "./pages.ts";

/** A command line of `tssl` or npm, as a page or a help text has it. */
interface CommandLine {
  readonly place: string;
  readonly text: string;
  /** Whether it stands in a sentence, which may name a command without what it must be given. */
  readonly isMention: boolean;
}

const START = /(?:^|[;&|] *|\bdo +)((?:npx +)?tssl|npm (?:run|test))(?![\w-]) *(.*?) *(?=;|&&|\||$)/g;

/**
 * The command lines in the `sh` fences of a page, without comments; lines that end in a backslash are joined.
 */
const inFences = (page: string): CommandLine[] =>
  fencesOfPage(page)
    .filter(({ language }) => language === "sh")
    .flatMap(({ code, line }) =>
      code.split("\n").flatMap((_, i, lines) => {
        if (lines[i - 1]?.endsWith("\\") ?? false) return [];
        const end = lines.findIndex((each, j) => j >= i && !each.endsWith("\\"));
        const whole = lines.slice(i, end + 1).map((each) => each.replace(/\\$/, ""));
        const bare = whole.join(" ").replace(/(^| )#.*$/, "");
        return [...bare.matchAll(START)].map(([, program, words]) => ({
          place: `${page}:${line + i}`,
          text: `${program} ${words}`,
          isMention: false,
        }));
      }),
    );

/** `tssl train --profile` in a sentence; "a|b" stands for both. */
const inSentences = (page: string): CommandLine[] =>
  proseOf(page)
    .split("\n")
    .flatMap((line, i) =>
      [...line.matchAll(/`((?:npx )?tssl |npm run )([^`]+)`/g)].flatMap(([, program, words]) =>
        alternatives(words!).map((each) => ({
          place: `${page}:${i + 1}`,
          text: `${program}${each}`,
          isMention: true,
        })),
      ),
    );

function alternatives(words: string): string[] {
  const either = /\S*\|\S*/.exec(words)?.[0];
  return either === undefined ? [words] : either.split("|").map((each) => words.replace(either, each));
}

/** The examples in the help of a command and of those beneath it: "  tssl demo      what it does". */
function inHelp(command: Command, path: string): CommandLine[] {
  let help = "";
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  return [
    ...[...help.matchAll(/^ {2}(tssl .*?)(?: {2,}.*)?$/gm)].map(([, text]) => ({
      place: `${path} --help`,
      text: text!,
      isMention: false,
    })),
    ...command.commands.flatMap((each) => inHelp(each, `${path} ${each.name()}`)),
  ];
}

const { scripts } = JSON.parse(readText("package.json")) as { scripts: Readonly<Record<string, string>> };

/** What is wrong with a command line, by commander's own definitions; nothing is run. */
function problemOf({ text, isMention }: CommandLine): string | undefined {
  const [first, ...more] = wordsOf(text);
  if (first === "npx") return problemOf({ place: "", text: more.join(" "), isMention });
  if (first === "tssl") return problemOfTssl(more, isMention);
  const [script, dashes, ...rest] = more[0] === "run" ? more.slice(1) : more;
  if (!Object.hasOwn(scripts, script!)) return `there is no script "${script}"`;
  if (dashes !== undefined && dashes !== "--") return `"--" must come before ${dashes}`;
  if (script === "tssl") return problemOfTssl(rest, isMention);
  return script === "demo" ? problemOfTssl(["demo", ...rest], isMention) : undefined;
}

function problemOfTssl(words: readonly string[], isMention: boolean): string | undefined {
  let command: Command = buildProgram();
  let rest = words;
  for (;;) {
    const found = command.commands.find((each) => each.name() === rest[0]);
    if (found === undefined) break;
    [command, rest] = [found, rest.slice(1)];
  }
  if (command.parent === null) return `there is no command "${rest[0]}"`;
  try {
    command.configureOutput({ writeErr: () => undefined });
    const { operands, unknown } = command.parseOptions([...rest]);
    if (unknown.length > 0) return `${command.name()} has no option ${unknown[0]}`;
    const takes = command.registeredArguments;
    const fewest = isMention ? 0 : takes.filter(({ required }) => required).length;
    const most = takes.some(({ variadic }) => variadic) ? Infinity : takes.length;
    if (operands.length < fewest || operands.length > most)
      return `${command.name()} takes ${fewest} to ${most} arguments, got ${operands.length}`;
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
  return undefined;
}

/** Words as a shell takes them, without quotes; a variable stands for a number. "…" is left out. */
const wordsOf = (text: string): string[] =>
  [...text.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)]
    .map(([word]) => word.replaceAll(/["']/g, "").replaceAll(/\$\w+/g, "1"))
    .filter((word) => word !== "…");

const lines = [
  ...pages.flatMap((page) => [...inFences(page), ...inSentences(page)]),
  ...inHelp(buildProgram(), "tssl"),
];

describe("command lines name commands and options that exist", () => {
  it.each(lines.map((line) => [line.place, line.text, line] as const))("%s: %s", (_place, _text, line) => {
    expect(problemOf(line)).toBeUndefined();
  });

  it("finds them", () => {
    expect(lines.length).toBeGreaterThan(100);
  });
});
