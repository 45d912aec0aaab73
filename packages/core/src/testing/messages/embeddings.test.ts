import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./embeddings.ts";

const tensor = { shape: [2, 4], dtype: "int32" } as const;

sentences([
  [
    messages.embeddingOfNoView("mine", "other", ["first", "second"]),
    '[mine] embeddings: each must have the name of its view, got "other". The views are "first", "second".',
  ],
  [
    messages.embeddingMisshapen("mine", "first", 4, tensor),
    '[mine] embeddings: "first" must be [4, D] float32, one row for each image, got [2, 4] int32.',
  ],
  [
    messages.embeddingsAlike("mine", "first", "second"),
    '[mine] embeddings: "first" and "second" have the same rows, as if both were one view. Publish the ' +
      "rows of each view.",
  ],
]);

eachIsHere(messages, import.meta.url);
