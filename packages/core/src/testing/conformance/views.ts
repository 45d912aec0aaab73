import { patchGridOf } from "@tssl/augment-zoo";

import { phaseStarts } from "../phase-steps.ts";
import { type Check, listed } from "./check.ts";
import type { Observer } from "./observe-plugin.ts";
import { startRun } from "./subject.ts";

/** Where a plugin finds a view: whole images in `context.views`, patches in `context.patches`. */
type Place = "views" | "patches";

interface AskedView {
  readonly plugin: string;
  readonly place: Place;
}

const NOUN = { views: "view", patches: "patches" } as const;

export const views: Check = {
  name: "reads the views that it asks for, and no others",
  async find({ plugin: { name }, prepare }) {
    const asked = new Map<string, AskedView>();
    const read = new Set<string>();
    const found: string[] = [];
    const problems = () => [...new Set(found)].map((sentence) => `[${name}] ${sentence}`);
    /** Notes what is read of a record of the context. */
    const watched = <Images>(plugin: string, place: Place, images: Readonly<Record<string, Images>>) =>
      new Proxy(images, {
        get(target, view: string) {
          if (asked.get(view)?.place === place) read.add(view);
          else if (plugin === name) found.push(missedView(view, place, asked));
          return target[view];
        },
      });
    const observer: Observer = {
      onViews(plugin, added) {
        for (const [view, { recipe }] of Object.entries(added)) {
          const place = patchGridOf(recipe) === undefined ? "views" : "patches";
          if (!asked.has(view)) asked.set(view, { plugin, place });
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
      if (found.length === 0) throw error;
      // A view that is not there fails in some op, before others are read.
      return problems();
    } finally {
      await started.dispose();
    }

    for (const [view, { plugin, place }] of asked) {
      if (plugin !== name || read.has(view)) continue;
      found.push(
        `asks for the ${NOUN[place]} "${view}", which no plugin reads: ` +
          "every image would be made for nothing. Leave it out of `views`.",
      );
    }
    return problems();
  },
};

/** What is wrong where a step reads a view that is not there. */
function missedView(view: string, place: Place, asked: ReadonlyMap<string, AskedView>): string {
  const step = `step reads the ${NOUN[place]} "${view}"`;
  if (!asked.has(view)) {
    const names = listed([...asked.keys()]);
    return `${step}, which no plugin asks for (asked for: ${names}). Return it from \`views\`.`;
  }
  return place === "views"
    ? `${step}, whose recipe cuts patches. Read it from \`patches\` of the context.`
    : `${step}, whose recipe cuts none. Read it from \`views\` of the context.`;
}
