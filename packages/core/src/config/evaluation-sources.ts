import { evaluationTestMissing, twoTestSets } from "../messages/options.ts";
import type { Problem } from "./problems.ts";
import type { RunSettings } from "./run-settings.ts";

/** Images that an option names. */
export interface NamedSource {
  /** The path of the option, or the flag: "data.train", "evaluation.test", "--train". */
  readonly option: string;
  /** A folder, a list or shards. */
  readonly source: string;
}

/** The labelled images of an evaluation. */
export interface EvaluationSources {
  /** What kNN searches and a linear probe is trained on. */
  readonly train: NamedSource;
  /** What is classified; absent where the config names none. */
  readonly test?: NamedSource;
}

/**
 * The labelled images that a config names. `evaluation.train` and `evaluation.test` come first, then
 * `data.train` and `data.test`.
 *
 * @example
 * ```ts
 * const data = { train: "all", test: null };
 * const evaluation = { train: "labelled", test: "test" };
 * evaluationSources({ data, evaluation }).train.source; // => "labelled"
 * evaluationSources({ data, evaluation: { train: null, test: "test" } }).train.source; // => "all"
 * ```
 */
export function evaluationSources({ data, evaluation }: SourceSettings): EvaluationSources {
  const named = (option: string, source: string | null) => (source === null ? undefined : { option, source });
  const test = named("evaluation.test", evaluation.test) ?? named("data.test", data.test);
  return {
    train: named("evaluation.train", evaluation.train) ?? { option: "data.train", source: data.train },
    ...(test === undefined ? {} : { test }),
  };
}

/** The part of a config that says which images are labelled. */
export interface SourceSettings {
  readonly data: Pick<RunSettings["data"], "train" | "test">;
  readonly evaluation: Pick<RunSettings["evaluation"], "train" | "test">;
}

/** Options that contradict each other. */
export function evaluationProblems(settings: SourceSettings): readonly Problem[] {
  const { data, evaluation } = settings;
  const problems: Problem[] = [];
  if (evaluation.test !== null && data.test !== null && evaluation.test !== data.test) {
    problems.push({ path: "evaluation.test", text: twoTestSets(evaluation.test, data.test) });
  }
  if (evaluation.train !== null && evaluationSources(settings).test === undefined) {
    problems.push({ path: "evaluation.train", text: evaluationTestMissing() });
  }
  return problems;
}
