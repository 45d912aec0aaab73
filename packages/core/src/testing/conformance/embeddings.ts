import * as tf from "@tensorflow/tfjs";

import { type Embeddings, embeddings } from "../../plugins/embeddings.ts";
import type { StepResult } from "../../plugins/plugin.ts";
import type { StepPart } from "../../training/step-machine.ts";
import { type Check, listed } from "./check.ts";
import { same } from "./differences.ts";
import { forward, inEachPhase } from "./forward.ts";

/** The embeddings that a plugin published; one that published none fails the check of its publications. */
export const embeddingsOf = ({ publish = [] }: StepResult): Embeddings | undefined =>
  publish.find(({ publication }) => publication.name === embeddings.name)?.value as Embeddings | undefined;

/** For a plugin that publishes them. */
export const plainEmbeddings: Check = {
  name: "publishes embeddings of two or more views, one row for each image",
  async find(subject) {
    const { name } = subject.plugin;
    const problems = await inEachPhase(subject, (run, pass) => {
      let found: readonly string[] = [];
      forward(run, pass, (results) => {
        const published = embeddingsOf(results.get(name)!);
        if (published !== undefined) found = problemsOf(name, published, pass.part);
        return tf.scalar(0);
      }).dispose();
      return found;
    });
    return [...new Set(problems.flat())];
  },
};

function problemsOf(name: string, published: Embeddings, { views, patches, indices }: StepPart): string[] {
  const batch = indices.shape[0];
  const rows = Object.entries(published);
  const problems: string[] = [];
  const must = (what: string, rule: string, got: string) =>
    problems.push(`[${name}] embeddings: ${what} must ${rule}, got ${got}.`);

  const asked = [...Object.keys(views), ...Object.keys(patches)];
  for (const [view, { shape, dtype }] of rows) {
    if (!asked.includes(view)) must(`"${view}"`, "be named after a view", `none of ${listed(asked)}`);
    if (dtype !== "float32" || shape[0] !== batch) {
      must(`"${view}"`, `be [${batch}, D] float32`, `[${shape.join(", ")}] ${dtype}`);
    }
  }
  if (problems.length > 0) return problems;
  rows.forEach(([view, tensor], i) => {
    const twin = rows.slice(0, i).find(([, other]) => same(other.dataSync(), tensor.dataSync()));
    if (twin === undefined) return;
    problems.push(
      `[${name}] embeddings: "${twin[0]}" and "${view}" have the same rows, as if both views were one. Publish the rows of each.`,
    );
  });
  return problems;
}
