import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./replicas.ts";

sentences([
  [
    messages.stateDiffersBetweenReplicas("mine", ["mine.keys.rows"]),
    '[mine] The state "mine.keys.rows" must be the same on all replicas, but two of them end a step with ' +
      "different values, because each writes what comes from its own images. Pass rows through " +
      "`replicas.gather`, and means through `replicas.mean`, before you write them.",
  ],
  [
    messages.embeddingsGathered("mine", ["first", "second"]),
    '[mine] embeddings: "first", "second" must have one row for each image of this replica, and no others. ' +
      "Publish rows as they are before `replicas.gather`.",
  ],
  [
    messages.candidatesDifferBetweenReplicas("mine"),
    "[mine] embeddingSpace: candidates must be the same on all replicas, but two of them publish different " +
      "ones. Pass them through `replicas.gather`.",
  ],
  [
    messages.termDependsOnRank("mine", "contrast", [2.5, 2.9]),
    '[mine] The term "contrast" must be the same whatever the rank, but for the same images it is 2.5 on ' +
      "rank 0 and 2.9 on rank 1. After `replicas.gather` the rows of a replica are at `replicas.ownRows(B)`.",
  ],
  [
    messages.candidateNumbersDependOnRank("mine", [
      { query: "first", field: "positives" },
      { query: "first", field: "sameView" },
    ]),
    '[mine] embeddingSpace: positives of the query "first" and sameView of the query "first" must name the ' +
      "same rows for the same images whatever the rank, but the rows differ between rank 0 and rank 1. " +
      "After `replicas.gather` the rows of a replica are at `replicas.ownRows(B)`.",
  ],
]);

eachIsHere(messages, import.meta.url);
