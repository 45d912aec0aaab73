import type { ErrorObject } from "ajv";
import { closest, distance } from "fastest-levenshtein";

import { TsslError } from "../errors.ts";

/** One thing wrong with a config, at the path that the user typed. */
export interface Problem {
  readonly path: string;
  /** Completes "<path>": "must be > 0, got 0", "unknown option. Known: …". */
  readonly text: string;
}

/** "queuSize" is near enough to "queueSize" to ask; "lr" is not near "seed". */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const best = closest(word.toLowerCase(), [...known]);
  const near = word.length < 4 ? 1 : Math.max(2, Math.floor(word.length / 3)); // 2: letters that changed places
  return distance(word.toLowerCase(), best.toLowerCase()) <= near ? ` Did you mean "${best}"?` : "";
}

/** "unknown option. Did you mean …? Known: …" */
export const unknownName = (word: string, known: readonly string[]): string =>
  `unknown option.${didYouMean(word, known)} Known: ${known.join(", ")}`;

/**
 * What ajv found, in words; run ajv with `verbose`, so that errors carry schema and data.
 *
 * @param at the path of the checked value in the user's file: "" or "plugins[1]".
 */
export function problemsOf(errors: readonly ErrorObject[], at: string): readonly Problem[] {
  return errors.flatMap((error) => {
    const path = typedPath(at, error.instancePath);
    const got = JSON.stringify(error.data);
    const params = error.params as Record<string, unknown>;
    switch (error.keyword) {
      case "additionalProperties": {
        const name = String(params["additionalProperty"]);
        const known = Object.keys((error.parentSchema as { properties: object }).properties);
        return [{ path: path === "" ? name : `${path}.${name}`, text: unknownName(name, known) }];
      }
      case "required": {
        const name = String(params["missingProperty"]);
        return [{ path: path === "" ? name : `${path}.${name}`, text: "must be given" }];
      }
      case "minimum":
      case "maximum":
      case "exclusiveMinimum":
      case "exclusiveMaximum":
        return [
          { path, text: `must be ${String(params["comparison"])} ${String(params["limit"])}, got ${got}` },
        ];
      case "enum": {
        const values = params["allowedValues"] as unknown[];
        const allowed = values.map((value) => JSON.stringify(value));
        const words = values.filter((value) => typeof value === "string");
        const hint = typeof error.data === "string" ? didYouMean(error.data, words) : "";
        return [{ path, text: `must be one of ${allowed.join(", ")}, got ${got}.${hint}` }];
      }
      case "minItems":
      case "maxItems": {
        const { minItems, maxItems } = error.parentSchema as { minItems?: number; maxItems?: number };
        const bound = error.keyword === "minItems" ? "at least" : "at most";
        const count = minItems === maxItems ? minItems! : `${bound} ${String(params["limit"])}`;
        return [{ path, text: `must have ${count} values, got ${got}` }];
      }
      case "anyOf":
      case "if":
        return []; // the branches say what is wrong
      default:
        return [{ path, text: `${error.message ?? error.keyword}, got ${got}` }];
    }
  });
}

/** "/plugins/1/beta" is what ajv says, "plugins[1].beta" what the user would. */
function typedPath(at: string, instancePath: string): string {
  const own = instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? `[${part}]` : `.${part}`))
    .join("");
  return (at + own).replace(/^\./, "");
}

/** All problems as one error. */
export function invalidConfig(problems: readonly Problem[], source: string): TsslError {
  const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  const lines = problems.map(({ path, text }) => `  - ${path === "" ? text : `${path}: ${text}`}`);
  return new TsslError("INVALID_CONFIG", `${source} has ${count}:\n${lines.join("\n")}`);
}
