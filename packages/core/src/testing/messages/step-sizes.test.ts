import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./step-sizes.ts";

const tensor = { shape: [2, 4], dtype: "int32" } as const;

sentences([
  [
    messages.notScalar("mine", "term", "contrast", tensor, { batchSize: 3 }),
    '[mine] The term "contrast" must be a scalar of float32, got [2, 4] int32 (at a batch size of 3).',
  ],
  [
    messages.scalarNotFinite("mine", "mine/contrast", NaN, 1, { batchSize: 6, accumulate: 2 }),
    '[mine] "mine/contrast" must be finite, got NaN in step 1 (at a batch size of 6 in 2 parts). Look for ' +
      "a division by 0, and for a root or a logarithm of 0.",
  ],
  [
    messages.failedAtSize("[mine] step failed: out of memory.", { batchSize: 3 }),
    "[mine] step failed: out of memory (at a batch size of 3).",
  ],
]);

eachIsHere(messages, import.meta.url);
