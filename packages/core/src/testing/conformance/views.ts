import { phaseStarts } from "../phase-steps.ts";
import { type Check, listed } from "./check.ts";
import type { Observer } from "./observe-plugin.ts";
import { startRun } from "./subject.ts";

export const views: Check = {
  name: "reads the views that it asks for, and no others",
  async find({ plugin: { name }, prepare }) {
    const askedBy = new Map<string, string>();
    const read = new Set<string>();
    const unasked = new Set<string>();
    const observer: Observer = {
      onViews: (plugin, names) => names.forEach((view) => askedBy.has(view) || askedBy.set(view, plugin)),
      context: (plugin, context) => ({
        ...context,
        views: new Proxy(context.views, {
          get(target, view: string) {
            read.add(view);
            if (plugin === name && !askedBy.has(view)) unasked.add(view);
            return target[view];
          },
        }),
      }),
    };
    const started = startRun(prepare({}, observer), "eager");
    try {
      for (const step of phaseStarts(started.run)) await started.takeStep(step);
    } catch (error) {
      if (unasked.size === 0) throw error; // a view that is not there fails in some op
    } finally {
      await started.dispose();
    }

    const asked = [...askedBy.keys()];
    return [
      ...[...unasked].map(
        (view) =>
          `[${name}] step reads the view "${view}", which no plugin asks for (asked for: ${listed(asked)}). Return it from \`views\`.`,
      ),
      ...asked
        .filter((view) => askedBy.get(view) === name && !read.has(view))
        .map(
          (view) =>
            `[${name}] asks for the view "${view}", which no plugin reads: every image would be made for nothing. Leave it out of \`views\`.`,
        ),
    ];
  },
};
