const NAME = "TF_CPP_MIN_LOG_LEVEL";

/** What the user chose. */
const chosen = process.env[NAME];

/**
 * Sets what a library of TensorFlow or XLA that is loaded from now on prints on standard error: "errors", or
 * only what ends the process ("endings"). A user's own TF_CPP_MIN_LOG_LEVEL stays.
 */
export function setLibraryLog(level: "errors" | "endings"): void {
  if (chosen === undefined) process.env[NAME] = level === "errors" ? "2" : "3";
}
