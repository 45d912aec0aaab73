import type { ErrorObject } from "ajv";

import { TsslError } from "../errors.ts";
import { didYouMean } from "../text/did-you-mean.ts";
import { FILE_NAME } from "../text/file-name.ts";
import { counted } from "../text/numbers.ts";
import { shownValue } from "../text/shown-value.ts";

/** One invalid value of a config. */
export interface Problem {
  /**
   * Path of the option as in `--set`: "data.train", "plugins.moco.queueSize"; "" for the config as a whole.
   */
  readonly path: string;
  /** Completes "<path>": "must be > 0, got 0", "unknown option. Known: …". */
  readonly text: string;
}

/** ` Did you mean "optimizer.lr"?` for "lr", or for "encoder.lr"; "" where no path ends in that name. */
export function didYouMeanElsewhere(dotted: string, paths: readonly string[]): string {
  const name = dotted.split(".").at(-1)!;
  const found = paths.filter((path) => path === name || path.endsWith(`.${name}`));
  return found.length === 0 ? "" : ` Did you mean ${found.map((path) => `"${path}"`).join(" or ")}?`;
}

/** "unknown option. Did you mean …? Known: …" */
export const unknownName = (word: string, known: readonly string[]): string =>
  `unknown option.${didYouMean(word, known)} Known: ${known.join(", ")}`;

/**
 * Turns ajv's errors into sentences. Ajv must run with `verbose`, which adds schema and data to its errors.
 *
 * @param at path of the checked value in the config: "" or "plugins.moco".
 */
export function problemsOf(errors: readonly ErrorObject[], at: string): readonly Problem[] {
  return errors.flatMap((error) => {
    const path = optionPath(at, error.instancePath);
    const got = shownValue(error.data);
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
      case "pattern":
        if (params["pattern"] !== FILE_NAME) return [{ path, text: `${error.message!}, got ${got}` }];
        return [
          { path, text: `must be a plain name, without a slash, backslash or control character, got ${got}` },
        ];
      case "minItems":
      case "maxItems": {
        const { minItems, maxItems } = error.parentSchema as { minItems?: number; maxItems?: number };
        const bound = error.keyword === "minItems" ? "at least" : "at most";
        const count = minItems === maxItems ? minItems! : `${bound} ${String(params["limit"])}`;
        return [{ path, text: `must have ${count} values, got ${got}` }];
      }
      case "type":
        return [{ path, text: `must be ${[params["type"]].flat().join(" or ")}, got ${got}` }];
      case "anyOf":
      case "if":
        return []; // the errors of the branches are reported
      default:
        return [{ path, text: `${error.message ?? error.keyword}, got ${got}` }];
    }
  });
}

/** "data.mean.1" for ajv's "/mean/1" within "data". */
function optionPath(at: string, instancePath: string): string {
  const within = instancePath
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  return [...(at === "" ? [] : [at]), ...within].join(".");
}

/** One error that lists all problems. */
export function invalidConfig(problems: readonly Problem[], source: string): TsslError {
  const lines = problems.map(({ path, text }) => `  - ${path === "" ? text : `${path}: ${text}`}`);
  const data = { source, problems };
  return new TsslError(
    "INVALID_CONFIG",
    `${source} has ${counted(problems.length, "problem")}:\n${lines.join("\n")}`,
    { data },
  );
}
