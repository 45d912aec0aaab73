import { tsslErrors } from "@tssl/core/run";
import { engineErrors } from "@tssl/engine";

/** The description of an error that tssl throws on purpose. */
export interface DescribedError {
  readonly code: string;
  readonly meaning: string;
  readonly example: string;
  readonly remedy: string;
  /** 2 where the user must change the command line or the config, 1 for every other error. */
  readonly exitCode: 1 | 2;
}

type Description = Omit<DescribedError, "code" | "exitCode"> & { readonly refusesConfig?: boolean };

/** Error classes with one code each. */
const classErrors: Readonly<Record<string, readonly [code: string, Description]>> = {
  ImageError: [
    "IMAGE",
    {
      meaning: "A file is not an image, or cannot be decoded.",
      example: "cat/7.jpg: the file is empty (0 bytes). Remove it or fetch it again.",
      remedy: "Replace or delete the file that the message names.",
    },
  ],
  RecipeError: [
    "RECIPE",
    {
      meaning: "A recipe of views has an invalid operation or parameter.",
      example: "views.strong[5].probability (randomStrong) must be a number in 0 .. 1, got 2.",
      remedy: "Correct the parameter. It belongs to a plugin of your own, or to an option of views.",
    },
  ],
  LoaderError: [
    "LOADER",
    {
      meaning: "Images cannot be read from a server, or the threads that make views failed repeatedly.",
      example:
        "Worker threads failed 3 times on the same images (out of memory). " +
        "If memory is short, use fewer workers.",
      remedy:
        "Check the address that the message names; use fewer data.workers, or a machine with more memory.",
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

/** The description of an error; undefined for an unexpected one. */
export function describeError(error: unknown): DescribedError | undefined {
  if (!(error instanceof Error)) return undefined;
  const codes = errorCatalogue[error.name];
  if (codes === undefined || codes.length === 1) return codes?.[0];
  return codes.find(({ code }) => "code" in error && error.code === code);
}
