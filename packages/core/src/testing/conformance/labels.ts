import type { StepContext } from "../../plugins/plugin.ts";
import { labelsNeverRead, labelsNotNamed } from "../messages/labels.ts";
import { phaseStarts } from "../phase-steps.ts";
import type { Check } from "./check.ts";
import type { Observer } from "./observe-plugin.ts";
import { startRun } from "./subject.ts";

export const labels: Check = {
  name: "labels",
  async find({ plugin, prepare }) {
    const { name, reads = [] } = plugin;
    const named = reads.includes("labels");
    let read = false;
    const watched = (context: StepContext): StepContext => {
      const { labels: given, ...rest } = context;
      const get = () => {
        read = true;
        return given;
      };
      // Not copied with the rest where there are none, so that a copy of the context is no look at them.
      return Object.defineProperty(rest, "labels", { get, enumerable: named });
    };
    const observer: Observer = {
      context: (of, context) => (of === name ? watched(context) : context),
    };
    const started = startRun(prepare({}, observer), "eager");
    try {
      for (const step of phaseStarts(started.run)) await started.takeStep(step);
    } catch (error) {
      if (named || !read) throw error; // labels that are not there fail in some op
    } finally {
      await started.dispose();
    }
    if (read === named) return [];
    return [named ? labelsNeverRead(name) : labelsNotNamed(name)];
  },
};
