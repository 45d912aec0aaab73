import { relativeError } from "@tssl/engine/testing";

import type { Phase } from "../../plugins/plugin.ts";
import { liesIn } from "../../state/lies-in.ts";
import type { PreparedRun } from "../../training/prepare-run.ts";
import { phaseStarts } from "../phase-steps.ts";
import { type Check, listed } from "./check.ts";
import { stateOf } from "./differences.ts";
import { startRun } from "./subject.ts";

/** Share of a frozen parameter's length by which it may move: rows that are scaled to length 1 once more. */
const ROUNDING = 1e-5;

export const phases: Check = {
  name: "has phases that follow from the moment alone, and freezes parameters that it has",
  async find({ plugin: { name }, prepare }) {
    const started = startRun(prepare(), "eager");
    const { run, compiled } = started;
    try {
      const asked = run.plugins.find((plugin) => plugin.name === name)!.run.phase;
      if (asked === undefined) return [];
      const { totalSteps, stepsPerEpoch } = run.facts;
      const steps = Array.from({ length: totalSteps }, (_, step) => step);
      const phaseOf = (step: number) => asked({ step, epoch: Math.floor(step / stepsPerEpoch) });
      const [first, again] = [steps.map(phaseOf), [...steps].reverse().map(phaseOf).reverse()];

      const problems = [
        ...unsteady(name, first, again),
        ...differentlyFrozen(name, first),
        ...unknown(name, first, run),
      ];
      if (problems.length > 0) return problems;
      for (const step of phaseStarts(run)) {
        await started.workBefore(step);
        const { key, frozen = [] } = first[step]!;
        const isFrozen = (entry: string) =>
          run.store.get(entry).trained && frozen.some((each) => liesIn(entry, `${name}.${each}`));
        const before = stateOf(compiled, isFrozen);
        await started.takeStep(step);
        const after = stateOf(compiled, isFrozen);
        const moved = [...before].flatMap(([entry, values]) =>
          relativeError(after.get(entry)!, values) > ROUNDING ? [entry] : [],
        );
        if (moved.length > 0) {
          problems.push(
            `[${name}] The phase "${key}" freezes ${listed(moved)}, and a step of it moves what is frozen. Leave it as it is in \`after\` and \`afterStep\`.`,
          );
        }
      }
      return problems;
    } finally {
      await started.dispose();
    }
  },
};

function unsteady(name: string, first: readonly Phase[], again: readonly Phase[]): string[] {
  const step = first.findIndex((phase, i) => JSON.stringify(phase) !== JSON.stringify(again[i]));
  if (step < 0) return [];
  const [one, other] = [JSON.stringify(first[step]), JSON.stringify(again[step])];
  return [
    `[${name}] phase says ${one} of step ${step}, and ${other} when it is asked again: it must follow from step and epoch alone. Remember nothing between calls.`,
  ];
}

/** A step is recorded once for each key, with what is frozen then. */
function differentlyFrozen(name: string, phases: readonly Phase[]): string[] {
  const frozenIn = new Map<string, string>();
  for (const [step, { key, frozen = [] }] of phases.entries()) {
    const now = JSON.stringify(frozen);
    const known = frozenIn.get(key) ?? now;
    if (known !== now) {
      return [
        `[${name}] The phase "${key}" freezes ${known} at first and ${now} at step ${step}: a step is recorded once for each key. Give it another key.`,
      ];
    }
    frozenIn.set(key, now);
  }
  return [];
}

function unknown(name: string, phases: readonly Phase[], run: PreparedRun): string[] {
  const own = run.store
    .trained()
    .filter((entry) => entry.name.startsWith(`${name}.`))
    .map((entry) => entry.name);
  const problems = phases.flatMap(({ key, frozen = [] }) =>
    frozen
      .filter((each) => !own.some((entry) => liesIn(entry, `${name}.${each}`)))
      .map(
        (each) =>
          `[${name}] The phase "${key}" freezes "${each}": no trained parameter of the plugin has this name, or a name that begins with it (${listed(own)}).`,
      ),
  );
  return [...new Set(problems)];
}
