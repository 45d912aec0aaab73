import * as tf from "@tensorflow/tfjs";

import { statisticsStandStill } from "../messages/networks.ts";
import type { Check } from "./check.ts";
import { same } from "./differences.ts";
import { forward, inEachPhase } from "./forward.ts";

export const runningStatistics: Check = {
  name: "runningStatistics",
  async find(subject) {
    const { name } = subject.plugin;
    const [all, moved] = [new Set<string>(), new Set<string>()];
    await inEachPhase(subject, (run, pass) => {
      const { network } = run.plugins.find((plugin) => plugin.name === name)!.run;
      if (network === undefined) return;
      const buffers = run.store
        .entries()
        .filter((entry) => entry.role === "buffer" && entry.name.startsWith(`${network.name}.`))
        .map((entry) => ({
          name: entry.name,
          variable: entry.variable,
          before: entry.variable.dataSync().slice(),
        }));
      forward(run, pass, () => tf.scalar(0)).dispose();
      for (const { name: buffer, variable, before } of buffers) {
        all.add(buffer);
        if (!same(before, variable.dataSync())) moved.add(buffer);
      }
    });
    const still = [...all].filter((buffer) => !moved.has(buffer));
    return still.length === 0 ? [] : [statisticsStandStill(name, still)];
  },
};
