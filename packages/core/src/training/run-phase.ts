import { nothingToFreeze } from "../messages/hooks.ts";
import { inHook } from "../plugins/in-hook.ts";
import type { PhaseMoment } from "../plugins/plugin.ts";
import { liesIn } from "../state/lies-in.ts";
import type { StateEntry } from "../state/store.ts";
import type { RunningPlugin } from "./step-machine.ts";

/** What all plugins of a run make of a moment: a run with phases has one recorded step for each key. */
export interface RunPhase {
  /** "" where there are no phases; otherwise e.g. "swav: frozen", "heads alone, swav: frozen". */
  readonly key: string;
  /** The key of each plugin that has phases, by the plugin's name. */
  readonly phases: Readonly<Record<string, string>>;
  /** Full names of frozen parameters, or what their names begin with: "swav.prototypes". */
  readonly frozen: readonly string[];
}

/** Parameters that do not move in the first epochs of a run, whatever its plugins say. */
export interface FirstFrozen {
  readonly epochs: number;
  /** Full names. */
  readonly names: readonly string[];
}

const HEADS_ALONE = "heads alone";

/** The phase of a run at a moment. @throws {TsslError} INVALID_PLUGIN with the plugin whose `phase` fails. */
export function phaseAt(
  plugins: readonly RunningPlugin[],
  moment: PhaseMoment,
  first: FirstFrozen = { epochs: 0, names: [] },
): RunPhase {
  const isFirst = moment.epoch < first.epochs;
  const found = plugins.flatMap(({ name, run }) =>
    run.phase === undefined ? [] : [{ name, phase: inHook(name, "phase", () => run.phase!(moment)) }],
  );
  return {
    key: [...(isFirst ? [HEADS_ALONE] : []), ...found.map(({ name, phase }) => `${name}: ${phase.key}`)].join(
      ", ",
    ),
    phases: Object.fromEntries(found.map(({ name, phase }) => [name, phase.key])),
    frozen: [
      ...(isFirst ? first.names : []),
      ...found.flatMap(({ name, phase: { frozen = [] } }) => frozen.map((each) => `${name}.${each}`)),
    ],
  };
}

/**
 * The parameters that move in a phase. @throws {TsslError} INVALID_PLUGIN for a frozen name that no parameter
 * has.
 */
export function movedIn({ frozen }: RunPhase, trained: readonly StateEntry[]): readonly StateEntry[] {
  for (const prefix of frozen) {
    if (trained.some(({ name }) => liesIn(name, prefix))) continue;
    throw nothingToFreeze(
      prefix,
      trained.map(({ name }) => name),
    );
  }
  return trained.filter(({ name }) => !frozen.some((prefix) => liesIn(name, prefix)));
}
