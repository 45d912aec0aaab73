import { relativeError } from "@tssl/engine/testing";

import type { Phase } from "../../plugins/plugin.ts";
import { liesIn } from "../../state/lies-in.ts";
import type { PreparedRun } from "../../training/prepare-run.ts";
import { phaseStarts } from "../phase-steps.ts";
import { frozenMoves, frozenUnknown, keyOfTwoPhases, phaseChangesItsAnswer } from "../messages/phases.ts";
import type { Check } from "./check.ts";
import { stateOf } from "./differences.ts";
import { startRun } from "./subject.ts";

/** Share of a frozen parameter's length by which it may move: rows that are scaled to length 1 once more. */
const ROUNDING = 1e-5;

export const phases: Check = {
  name: "phases",
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
        ...changedAnswers(name, first, again),
        ...keysOfTwoPhases(name, first),
        ...unknownFrozen(name, first, run),
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
        if (moved.length > 0) problems.push(frozenMoves(name, key, moved));
      }
      return problems;
    } finally {
      await started.dispose();
    }
  },
};

function changedAnswers(name: string, first: readonly Phase[], again: readonly Phase[]): string[] {
  const step = first.findIndex((phase, i) => JSON.stringify(phase) !== JSON.stringify(again[i]));
  return step < 0 ? [] : [phaseChangesItsAnswer(name, step, first[step]!, again[step]!)];
}

/** A step is recorded once for each key, with what is frozen then. */
function keysOfTwoPhases(name: string, phases: readonly Phase[]): string[] {
  const frozenIn = new Map<string, readonly string[]>();
  for (const [step, { key, frozen = [] }] of phases.entries()) {
    const known = frozenIn.get(key) ?? frozen;
    if (JSON.stringify(known) !== JSON.stringify(frozen)) {
      return [keyOfTwoPhases(name, key, known, frozen, step)];
    }
    frozenIn.set(key, known);
  }
  return [];
}

function unknownFrozen(name: string, phases: readonly Phase[], run: PreparedRun): string[] {
  const parameters = run.store
    .trained()
    .filter((entry) => entry.name.startsWith(`${name}.`))
    .map((entry) => entry.name.slice(name.length + 1));
  const problems = phases.flatMap(({ key, frozen = [] }) =>
    frozen
      .filter((each) => !parameters.some((parameter) => liesIn(parameter, each)))
      .map((each) => frozenUnknown(name, key, each, parameters)),
  );
  return [...new Set(problems)];
}
