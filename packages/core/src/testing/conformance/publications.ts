import * as tf from "@tensorflow/tfjs";

import { type Check } from "./check.ts";
import { forward } from "./forward.ts";
import { withPart } from "./gradients.ts";

export const publications: Check = {
  name: "uses what it requires, and publishes what it says",
  find(subject) {
    const { name, publishes = [], requires = [] } = subject.plugin;
    const used = new Set<string>();
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
            }),
          },
        ),
    };
    return withPart(observed, (run, part) => {
      let published: readonly string[] = [];
      forward(run, part, (results) => {
        published = (results.get(name)!.publish ?? []).map(({ publication }) => publication.name);
        return tf.scalar(0);
      }).dispose();
      const said = publishes.map((each) => each.name);
      const missing = said.filter((each) => !published.includes(each));
      const unsaid = published.filter((each) => !said.includes(each));
      const unasked = [...used].filter((each) => !requires.some((required) => required.name === each));
      return [
        ...missing.map((each) => `[${name}] names "${each}" in \`publishes\`, but step does not publish it.`),
        ...unsaid.map(
          (each) =>
            `[${name}] step publishes "${each}", which \`publishes\` does not name: no plugin could require it.`,
        ),
        ...unasked.map(
          (each) =>
            `[${name}] step uses "${each}", which \`requires\` does not name: its publisher may run later.`,
        ),
      ];
    });
  },
};
