import { patchGridOf } from "@tssl/augment-zoo";

import { phaseStarts } from "../phase-steps.ts";
import {
  type ImageField,
  patchesReadAsView,
  viewNeverRead,
  viewNotAskedFor,
  viewReadAsPatches,
} from "../messages/views.ts";
import type { Check } from "./check.ts";
import type { Observer } from "./observe-plugin.ts";
import { startRun } from "./subject.ts";

interface AskedView {
  readonly plugin: string;
  readonly field: ImageField;
}

export const views: Check = {
  name: "views",
  async find({ plugin: { name }, prepare }) {
    const asked = new Map<string, AskedView>();
    const read = new Set<string>();
    const problems = new Set<string>();
    /** Notes what is read of a record of the context. */
    const watched = <Images>(plugin: string, field: ImageField, images: Readonly<Record<string, Images>>) =>
      new Proxy(images, {
        get(target, view: string) {
          if (asked.get(view)?.field === field) read.add(view);
          else if (plugin === name) problems.add(missedView(name, field, view, asked));
          return target[view];
        },
      });
    const observer: Observer = {
      onViews(plugin, added) {
        for (const [view, { recipe }] of Object.entries(added)) {
          const field = patchGridOf(recipe) === undefined ? "views" : "patches";
          if (!asked.has(view)) asked.set(view, { plugin, field });
        }
      },
      context: (plugin, context) => ({
        ...context,
        views: watched(plugin, "views", context.views),
        patches: watched(plugin, "patches", context.patches),
      }),
    };
    const started = startRun(prepare({}, observer), "eager");
    try {
      for (const step of phaseStarts(started.run)) await started.takeStep(step);
    } catch (error) {
      if (problems.size === 0) throw error;
      // A view that is not there fails in some op, before others are read.
      return [...problems];
    } finally {
      await started.dispose();
    }

    for (const [view, { plugin, field }] of asked) {
      if (plugin === name && !read.has(view)) problems.add(viewNeverRead(name, field, view));
    }
    return [...problems];
  },
};

/** What is wrong where a step reads a view that is not there. */
function missedView(
  plugin: string,
  field: ImageField,
  view: string,
  asked: ReadonlyMap<string, AskedView>,
): string {
  if (!asked.has(view)) return viewNotAskedFor(plugin, field, view, [...asked.keys()]);
  return field === "views" ? patchesReadAsView(plugin, view) : viewReadAsPatches(plugin, view);
}
