import { encoderMovedElsewhere, encoderMovedOften, encoderNeverMoved } from "../messages/networks.ts";
import { phaseStarts } from "../phase-steps.ts";
import type { Check } from "./check.ts";
import type { Hook, Observer } from "./observe-plugin.ts";
import { startRun } from "./subject.ts";

/** A step of parts, so that what happens once a part shows. */
const PARTS = 2;
const SIZE = { batchSize: 4 * PARTS, accumulate: PARTS };

export const momentumEncoders: Check = {
  name: "momentumEncoders",
  async find({ plugin: { name }, prepare }) {
    let hook: Hook = "setup";
    /** The hooks of one step that moved each encoder, by its full name. */
    const moves = new Map<string, Hook[]>();
    const observer: Observer = {
      around(moment, call) {
        hook = moment.hook;
        return call();
      },
      build(plugin, build) {
        if (plugin !== name) return build;
        return {
          ...build,
          emaOf(leader, encoder, options) {
            const follower = build.emaOf(leader, encoder, options);
            const hooks: Hook[] = [];
            moves.set(follower.name, hooks);
            return {
              ...follower,
              update(context) {
                hooks.push(hook);
                follower.update(context);
              },
            };
          },
        };
      },
    };
    const started = startRun(prepare(SIZE, observer), "eager");
    const problems = new Set<string>();
    try {
      for (const step of moves.size === 0 ? [] : phaseStarts(started.run)) {
        for (const hooks of moves.values()) hooks.length = 0;
        await started.takeStep(step);
        for (const [encoder, hooks] of moves) {
          const problem = problemOf(name, encoder, hooks);
          if (problem !== undefined) problems.add(problem);
        }
      }
    } finally {
      await started.dispose();
    }
    return [...problems];
  },
};

/** @param hooks those that moved the encoder in one step. */
function problemOf(plugin: string, encoder: string, hooks: readonly Hook[]): string | undefined {
  const elsewhere = hooks.find((hook) => hook !== "afterStep");
  if (elsewhere !== undefined) return encoderMovedElsewhere(plugin, elsewhere, encoder);
  if (hooks.length === 0) return encoderNeverMoved(plugin, encoder);
  return hooks.length > 1 ? encoderMovedOften(plugin, encoder, hooks.length) : undefined;
}
