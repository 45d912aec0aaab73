import { type DescribedError, errorCatalogue } from "./error-catalogue.ts";

const SECTIONS: Readonly<Record<string, string>> = {
  TsslError: "Training, configs, data and runs",
  EngineError: "The engine and its set-up",
  ImageError: "Images",
  RecipeError: "Recipes of views",
  LoaderError: "The loader",
};

/** docs/errors.md: every code, what it means, how its message may read, and what to do. */
export const errorsPage = (): string =>
  [
    "# Errors",
    "Made by `npm run docs:errors` from the code; every code that `tssl` shows below a message is here. Codes stay; messages may improve.",
    ...Object.entries(errorCatalogue).flatMap(([name, errors]) => [
      `## ${SECTIONS[name] ?? name}`,
      `\`${name}\``,
      ...errors.flatMap(entry),
    ]),
    "",
  ]
    .join("\n\n")
    .replace(/\n+$/, "\n");

const entry = ({ code, meaning, example, remedy, exitCode }: DescribedError): readonly string[] => [
  `### ${code}`,
  `${meaning} Exit code ${exitCode}.`,
  `> ${example}`,
  remedy,
];
