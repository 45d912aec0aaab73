import * as tf from "@tensorflow/tfjs";

import type { Check } from "./check.ts";
import { forward, inEachPhase } from "./forward.ts";

export const publications: Check = {
  name: "uses what it requires, looks for what it uses, and publishes what it says",
  async find(subject) {
    const { name } = subject.plugin;
    const [publishes, requires, uses] = (["publishes", "requires", "uses"] as const).map((field) =>
      (subject.plugin[field] ?? []).map((publication) => publication.name),
    ) as [string[], string[], string[]];
    const [used, looked] = [new Set<string>(), new Set<string>()];
    const observed = {
      ...subject,
      prepare: () =>
        subject.prepare(
          {},
          {
            context: (plugin, context) => ({
              ...context,
              use(publication) {
                if (plugin === name) used.add(publication.name);
                return context.use(publication);
              },
              find(publication) {
                if (plugin === name) looked.add(publication.name);
                return context.find(publication);
              },
            }),
          },
        ),
    };
    const problems = await inEachPhase(observed, (run, pass) => {
      let published: readonly string[] = [];
      forward(run, pass, (results) => {
        published = (results.get(name)!.publish ?? []).map(({ publication }) => publication.name);
        return tf.scalar(0);
      }).dispose();
      return [
        ...publishes
          .filter((each) => !published.includes(each))
          .map((each) => `[${name}] names "${each}" in \`publishes\`, but step does not publish it.`),
        ...published
          .filter((each) => !publishes.includes(each))
          .map(
            (each) =>
              `[${name}] step publishes "${each}", which \`publishes\` does not name: no plugin could require it.`,
          ),
      ];
    });
    const unasked = [...used].filter((each) => !requires.includes(each));
    const unnamed = [...looked].filter((each) => !uses.includes(each) && !requires.includes(each));
    const idle = uses.filter((each) => !looked.has(each) && !used.has(each));
    return [
      ...new Set(problems.flat()),
      ...unasked.map((each) =>
        uses.includes(each)
          ? `[${name}] step uses "${each}", which \`uses\` names and \`requires\` does not: where nobody publishes it, \`use\` throws. Look for it with \`find\`, or name it in \`requires\`.`
          : `[${name}] step uses "${each}", which \`requires\` does not name: its publisher may run later.`,
      ),
      ...unnamed.map(
        (each) =>
          `[${name}] step looks for "${each}" with \`find\`, which \`uses\` does not name: its publisher may run later. Name it there.`,
      ),
      ...idle.map(
        (each) =>
          `[${name}] names "${each}" in \`uses\`, but step never looks for it with \`find\`. Leave it out.`,
      ),
    ];
  },
};
