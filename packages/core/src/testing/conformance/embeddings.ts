import * as tf from "@tensorflow/tfjs";

import { type Embeddings, embeddings } from "../../plugins/embeddings.ts";
import type { StepResult } from "../../plugins/plugin.ts";
import type { StepPart } from "../../training/step-machine.ts";
import { embeddingMisshapen, embeddingOfNoView, embeddingsAlike } from "../messages/embeddings.ts";
import type { Check } from "./check.ts";
import { same } from "./differences.ts";
import { forward, inEachPhase } from "./forward.ts";

/** The embeddings that a plugin published; one that published none fails the check of its publications. */
export const embeddingsOf = ({ publish = [] }: StepResult): Embeddings | undefined =>
  publish.find(({ publication }) => publication.name === embeddings.name)?.value as Embeddings | undefined;

/** For a plugin that publishes them. */
export const publishedEmbeddings: Check = {
  name: "publishedEmbeddings",
  async find(subject) {
    const { name } = subject.plugin;
    const problems = await inEachPhase(subject, (run, pass) => {
      let found: readonly string[] = [];
      forward(run, pass, (results) => {
        const published = embeddingsOf(results.get(name)!);
        if (published !== undefined) found = wrongIn(name, published, pass.part);
        return tf.scalar(0);
      }).dispose();
      return found;
    });
    return [...new Set(problems.flat())];
  },
};

/** What of published embeddings is not as `Embeddings` says. */
function wrongIn(name: string, published: Embeddings, { views, patches, indices }: StepPart): string[] {
  const batch = indices.shape[0];
  const rows = Object.entries(published);
  const problems: string[] = [];
  const asked = [...Object.keys(views), ...Object.keys(patches)];
  for (const [view, tensor] of rows) {
    if (!asked.includes(view)) problems.push(embeddingOfNoView(name, view, asked));
    if (tensor.dtype !== "float32" || tensor.shape[0] !== batch) {
      problems.push(embeddingMisshapen(name, view, batch, tensor));
    }
  }
  if (problems.length > 0) return problems;
  rows.forEach(([view, tensor], i) => {
    const twin = rows.slice(0, i).find(([, other]) => same(other.dataSync(), tensor.dataSync()));
    if (twin !== undefined) problems.push(embeddingsAlike(name, twin[0], view));
  });
  return problems;
}
