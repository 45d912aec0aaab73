import * as tf from "@tensorflow/tfjs";

import {
  announcedNotPublished,
  namedNotSought,
  publishedNotAnnounced,
  soughtNotNamed,
  usedNotRequired,
  usedThoughOptional,
} from "../messages/publications.ts";
import type { Check } from "./check.ts";
import { forward, inEachPhase } from "./forward.ts";

export const publications: Check = {
  name: "publications",
  async find(subject) {
    const { name } = subject.plugin;
    const [publishes, requires, uses] = (["publishes", "requires", "uses"] as const).map((field) =>
      (subject.plugin[field] ?? []).map((publication) => publication.name),
    ) as [string[], string[], string[]];
    const [used, sought] = [new Set<string>(), new Set<string>()];
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
                if (plugin === name) sought.add(publication.name);
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
          .map((each) => announcedNotPublished(name, each)),
        ...published
          .filter((each) => !publishes.includes(each))
          .map((each) => publishedNotAnnounced(name, each)),
      ];
    });
    const notRequired = [...used].filter((each) => !requires.includes(each));
    const notNamed = [...sought].filter((each) => !uses.includes(each) && !requires.includes(each));
    const notSought = uses.filter((each) => !sought.has(each) && !used.has(each));
    return [
      ...new Set(problems.flat()),
      ...notRequired.map((each) =>
        uses.includes(each) ? usedThoughOptional(name, each) : usedNotRequired(name, each),
      ),
      ...notNamed.map((each) => soughtNotNamed(name, each)),
      ...notSought.map((each) => namedNotSought(name, each)),
    ];
  },
};
