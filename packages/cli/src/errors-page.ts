import { type DescribedError, errorCatalogue } from "./error-catalogue.ts";

const SECTIONS: Readonly<Record<string, string>> = {
  TsslError: "Training, configs, data and runs",
  EngineError: "The engine and its set-up",
  ImageError: "Images",
  RecipeError: "Recipes of views",
  LoaderError: "The loader",
};

/** The text of docs/errors.md: every code with its meaning, an example of a message, and a remedy. */
export const errorsPage = (): string =>
  [
    "# Errors",
    "Every code that `tssl` shows below an error message. Codes are stable; messages may improve. " +
      "`npm run docs:errors` generates this page from the code.",
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
