import { invalidOption, type TsslError } from "@tssl/core";

/** Every refusal of the plugin. */

const PATH = "plugins.clsa.weakView";

export const notAQuery = (queries: readonly string[], weakView: unknown): TsslError =>
  invalidOption(PATH, `a query of the method (${queries.join(", ")})`, weakView);

export const notAView = (views: readonly string[], weakView: string): TsslError =>
  invalidOption(PATH, `a view of the method (${views.join(", ")})`, weakView);

export const withoutCrop = (weakView: string): TsslError =>
  invalidOption(PATH, "a view with a random resized crop", weakView);
