import { tsslErrors } from "@tssl/core/run";
import { engineErrors } from "@tssl/engine";

/** What an error that tssl throws on purpose stands for. */
export interface DescribedError {
  readonly code: string;
  readonly meaning: string;
  readonly example: string;
  readonly remedy: string;
  /** 2 where the command line or the config must be changed, 1 for everything else. */
  readonly exitCode: 1 | 2;
}

type Description = Omit<DescribedError, "code" | "exitCode"> & { readonly refusesConfig?: boolean };

/** Errors whose class says all: each class is one code. */
const classErrors: Readonly<Record<string, readonly [code: string, Description]>> = {
  ImageError: [
    "IMAGE",
    {
      meaning: "A file is no image, or one that cannot be decoded.",
      example: "cat/7.jpg: the file ends too early. Replace it.",
      remedy: "Replace or delete the file that is named.",
    },
  ],
  RecipeError: [
    "RECIPE",
    {
      meaning: "A recipe of views cannot be carried out, by its operation and parameter.",
      example: "operations[1].probability must be from 0 to 1, got 2.",
      remedy: "Correct the parameter, which is one of a plugin of your own or of an option that makes views.",
    },
  ],
  LoaderError: [
    "LOADER",
    {
      meaning: "Views cannot be made: threads of the loader were lost again and again.",
      example:
        "Worker threads failed 3 times at the same images (out of memory). Memory may be short: try fewer workers.",
      remedy: "Set fewer data.workers, or give the machine more memory.",
    },
  ],
};

const described = (code: string, { refusesConfig = false, ...rest }: Description): DescribedError => ({
  code,
  ...rest,
  exitCode: refusesConfig ? 2 : 1,
});

/** Error codes by the name of the class that has them. */
export const errorCatalogue: Readonly<Record<string, readonly DescribedError[]>> = {
  TsslError: Object.entries(tsslErrors).map(([code, description]) => described(code, description)),
  EngineError: Object.entries(engineErrors).map(([code, description]) => described(code, description)),
  ...Object.fromEntries(
    Object.entries(classErrors).map(([name, [code, description]]) => [name, [described(code, description)]]),
  ),
};

/** What an error stands for; undefined for one that nobody foresaw. */
export function describeError(error: unknown): DescribedError | undefined {
  if (!(error instanceof Error)) return undefined;
  const codes = errorCatalogue[error.name];
  if (codes === undefined || codes.length === 1) return codes?.[0];
  return codes.find(({ code }) => "code" in error && error.code === code);
}
