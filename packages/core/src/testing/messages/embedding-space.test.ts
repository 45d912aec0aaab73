import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./embedding-space.ts";

const tensor = { shape: [2, 4], dtype: "int32" } as const;

sentences([
  [
    messages.spaceRowsMisshapen("mine", "candidates", [20, 4], tensor),
    "[mine] embeddingSpace: candidates must be [20, 4] float32, got [2, 4] int32.",
  ],
  [
    messages.spaceRowsMisshapen("mine", 'embedding of the query "first"', [4, 4], tensor),
    '[mine] embeddingSpace: embedding of the query "first" must be [4, 4] float32, with rows as long as ' +
      "those of candidates, got [2, 4] int32.",
  ],
  [
    messages.spaceRowsNotNormalized("mine", 'embedding of the query "first"', 2),
    '[mine] embeddingSpace: embedding of the query "first" must have rows of length 1, got one of length ' +
      "2.000. Pass them through `l2Normalize`.",
  ],
  [
    messages.candidateNumbersMisshapen("mine", "first", "positives", 4, tensor),
    '[mine] embeddingSpace: positives of the query "first" must be [4] int32, one candidate for each ' +
      "image, got [2, 4] int32.",
  ],
  [
    messages.noSuchCandidate("mine", "first", "sameView", 20, 20),
    '[mine] embeddingSpace: sameView of the query "first" must hold row numbers of candidates, 0 .. 19, ' +
      "got 20.",
  ],
  [
    messages.positiveLeftOut("mine", "first", 7),
    '[mine] embeddingSpace: sameView of the query "first" must not be the positive of the same image, got ' +
      "candidate 7 for both.",
  ],
  [
    messages.lossOfNotScalar("mine", "first", [4]),
    '[mine] embeddingSpace: lossOf of the query "first" must return a scalar, got a tensor of shape [4].',
  ],
  [
    messages.queryOfNoView("mine", "other", ["first", "second"]),
    '[mine] embeddingSpace: each query must have the name of its view, got "other". The views are "first", ' +
      '"second".',
  ],
  [messages.noQueries("mine"), "[mine] embeddingSpace: queries must hold at least one query, got none."],
  [
    messages.candidatesWithGradient("mine"),
    "[mine] embeddingSpace: candidates must carry no gradient, but one flows through them. Make them " +
      "inside `withoutGradient`.",
  ],
  [
    messages.queryWithoutGradient("mine", "first"),
    '[mine] embeddingSpace: embedding of the query "first" must carry a gradient to the trained ' +
      "parameters, but none flows. Make it outside of `withoutGradient`.",
  ],
  [
    messages.lossOfWithoutGradient("mine", "first"),
    '[mine] embeddingSpace: lossOf of the query "first" must send a gradient to the rows that it is given, ' +
      "but none flows. Compute the loss from these rows, outside of `withoutGradient`.",
  ],
  [
    messages.lossOfWithOtherGradient("mine", "first"),
    '[mine] embeddingSpace: lossOf of the query "first" must send a gradient to the rows that it is given ' +
      "and nowhere else, but one flows elsewhere. Take all else that it reads through `withoutGradient`.",
  ],
  [
    messages.embedQueryWithoutGradient("mine", "first"),
    '[mine] embeddingSpace: embedQuery of the view "first" must carry a gradient to the trained ' +
      "parameters, but none flows. Embed the view outside of `withoutGradient`.",
  ],
]);

eachIsHere(messages, import.meta.url);
