/** A file or bytes that cannot become an image. The message names the file, what was found and what to do. */
export class ImageError extends Error {
  override readonly name = "ImageError";
  /** The file's path, or "(bytes)" where there was none. */
  readonly file: string;
  /** What was found, without the file and the advice. */
  readonly found: string;
  readonly advice: string;

  constructor(file: string, found: string, advice: string, options?: ErrorOptions) {
    super(`${file}: ${found}. ${advice}`, options);
    this.file = file;
    this.found = found;
    this.advice = advice;
  }
}

/** A recipe that cannot be carried out. The message names the operation and the parameter by their path. */
export class RecipeError extends Error {
  override readonly name = "RecipeError";
}

/** A loader that was asked for something impossible, was closed, or lost a worker thread. */
export class LoaderError extends Error {
  override readonly name = "LoaderError";
}
