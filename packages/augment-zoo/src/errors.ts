import { onOneLine, withVisibleValues } from "./visible-text.ts";

/** The facts of an error as values: paths, names and numbers that its message mentions. */
export type ErrorData = Readonly<Record<string, unknown>>;

interface ErrorDetails extends ErrorOptions {
  readonly data?: ErrorData;
}

interface ImageErrorDetails extends ErrorDetails {
  readonly kind: string;
}

/** A file, or bytes, that cannot become an image. */
export class ImageError extends Error {
  override readonly name = "ImageError";
  readonly code = "IMAGE";
  /** Path of the file, or "(bytes)". */
  readonly file: string;
  /** What is wrong with it, without the file and the advice. */
  readonly found: string;
  readonly advice: string;
  /** What it has in common with other files, in a word or two: "HEIC image", "cut short", "empty". */
  readonly kind: string;
  readonly data: ErrorData;

  constructor(file: string, found: string, advice: string, { kind, data, ...options }: ImageErrorDetails) {
    super(withVisibleValues(`${onOneLine(file)}: ${found}. ${advice}`, data), options);
    this.file = file;
    this.found = found;
    this.advice = advice;
    this.kind = kind;
    this.data = { ...data, file };
  }
}

/** An invalid recipe. `data` has the path of the operation or the parameter. */
export class RecipeError extends Error {
  override readonly name = "RecipeError";
  readonly code = "RECIPE";
  readonly data: ErrorData;

  constructor(message: string, data: ErrorData) {
    super(withVisibleValues(message, data));
    this.data = data;
  }
}

/**
 * A loader with invalid options, an impossible request, a closed loader, lost worker threads, or a server
 * without an answer.
 */
export class LoaderError extends Error {
  override readonly name = "LoaderError";
  readonly code = "LOADER";
  readonly data: ErrorData;

  constructor(message: string, { data = {}, ...options }: ErrorDetails = {}) {
    super(withVisibleValues(message, data), options);
    this.data = data;
  }
}

/** A file on a server that has fewer bytes than were asked for. */
export class EndsEarly extends LoaderError {}

/** A wrong command line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
