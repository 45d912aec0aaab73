import * as messages from "./health.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

const rank = { rank: 1.2345, most: 127 };
const causes =
  "Usual causes: a learning rate that is too high or has no warm-up, an unsuitable temperature, and, in " +
  "methods without negatives, no predictor or a momentum encoder that moves too fast.";
const learning = { closer: 0.78, closerAtFirst: -0.05, spread: 0.8714, rank: 23, most: undefined };
const learned =
  "two views of one image are 78 % closer than views of two images " +
  "(0 % in the first steps; spread 0.871, effective rank 23).";

sentences([
  [
    messages.collapsedToAPoint(10, 0.01),
    `Collapsed: all embeddings have been nearly the same since step 10 (spread 0.01; 1 is evenly spread). ` +
      causes,
  ],
  [
    messages.collapsedToALine(10, rank),
    `Collapsed: embeddings have lain on one line since step 10 (effective rank 1.23 of 127). ${causes}`,
  ],
  [
    messages.barelyRecovered(10, 150, rank),
    "Barely recovered from collapse: embeddings lay on one line from step 10 to 150, and still have an " +
      "effective " +
      `rank 1.23 of 127. ${causes}`,
  ],
  [
    messages.closeToCollapse(10, rank),
    "Close to collapse: embeddings have varied in little more than one direction since step 10 " +
      `(effective rank 1.23 of 127). ${causes}`,
  ],
  [
    messages.narrowAtFirst(10, rank),
    "Embeddings have varied in little more than one direction since step 10 (effective rank 1.23 of 127). " +
      "This is usual in the first hundreds of steps; the rank should rise.",
  ],
  [
    messages.alikeWhileFilling(10, 128),
    "Embeddings have become alike since step 10. This is usual until the queue holds no more random rows, " +
      "and shortly after (step 128); they should spread from then on.",
  ],
  [
    messages.viewsAreTheSame(10, 1e-6),
    "Both views of an image have had the same embedding since step 10 (alignment 0.000001), so there is " +
      "nothing to learn. Augmentation is off or too weak: look at the views in the report.",
  ],
  [
    messages.viewsAreAlike(10, 0.01),
    "Both views of an image have had nearly the same embedding since step 10 (alignment 0.01). Expected " +
      "after long training; early in a run it means that augmentation is too weak. Look at the views in " +
      "the report.",
  ],
  [
    messages.lossAtChance(1, [{ name: "a/term", now: 5, level: 5 }], false),
    "The loss stays at its chance level and no longer falls (a/term 5, chance 5, since step 1): the " +
      "encoder tells images apart no better than by guessing. Usual causes: an unsuitable temperature, or " +
      "a learning rate that is far too high or too low.",
  ],
  [
    messages.lossAtChance(
      1,
      [
        { name: "a/term", now: 6, level: 5 },
        { name: "b/term", now: 3.1234, level: 3 },
      ],
      true,
    ),
    "The loss is above its chance level and no longer falls (a/term 6, chance 5; b/term 3.12, chance 3, " +
      "since step 1): the encoder tells images apart no better than by guessing. Usual causes: an " +
      "unsuitable temperature, or a learning rate that is far too high or too low.",
  ],
  [
    messages.gradientsVanished(10, 0),
    "Gradients have vanished since step 10 (norm 0): the encoder no longer learns.",
  ],
  [
    messages.gradientsAreLarge(10, 123.4, 56.78),
    "Gradients have been 123 times as long as usual since step 10 (norm 56.8). " +
      "A smaller optimizer.lr, a warm-up or optimizer.clipNorm usually helps.",
  ],
  [
    messages.negligibleTerms(200, [["clsa/ddm", 0.004]]),
    "clsa/ddm contributes 0.4 % of the gradient (step 200). Raise its weight, or drop it.",
  ],
  [
    messages.negligibleTerms(200, [["clsa/ddm", 0.004], ["b/term", 0]]), // prettier-ignore
    "clsa/ddm contributes 0.4 % and b/term contributes 0 % of the gradient (step 200). " +
      "Raise their weights, or drop them.",
  ],
  [
    messages.queueFills(["a.keys"], 128),
    "Until step 128 the queue a.keys still holds random directions, which are easy to tell apart from " +
      "embeddings. A loss that rises until then is normal.",
  ],
  [
    messages.queueFills(["a.keys", "b.keys"], 128),
    "Until step 128 the queues a.keys and b.keys still hold random directions, which are easy to tell " +
      "apart from embeddings. A loss that rises until then is normal.",
  ],
  [
    messages.noEmbeddings(),
    "Nothing is wrong with the loss and the gradients. Whether embeddings collapse cannot be seen, because " +
      "no plugin publishes any.",
  ],
  [
    messages.queueNeverFills(["a.keys"], 2048, 9),
    "The queue a.keys never fills: the run has 9 steps, and 2,048 are needed. Its random first rows stay " +
      "among the negatives. Set a smaller queueSize.",
  ],
  [
    messages.weightsStandStill(1, 12.345, 1e-12),
    "The weights have not moved since step 1 (norm 12.3), so nothing is learned. The learning rate has " +
      "been 1e-12 at most: raise optimizer.lr.",
  ],
  [
    messages.weightsStandStill(1, 12.345, undefined),
    "The weights have not moved since step 1 (norm 12.3), so nothing is learned.",
  ],
  [messages.tooEarlyToSay(learning, 50), `Too early to say, before step 50: ${learned}`],
  [messages.isLearning(learning), `Learning: ${learned}`],
  [messages.notYetLearning(learning), `Not learning yet: ${learned}`],
  [
    messages.closerInFewDirections(learning),
    `Views come closer, but embeddings vary in fewer than two directions: ${learned}`,
  ],
  [
    messages.accuracyFell(learning, { untrained: 0.264, now: 0.168 }),
    `kNN accuracy has fallen from 26.4 % (untrained) to 16.8 %, although no collapse is seen: ${learned}`,
  ],
]);

eachIsHere(messages, import.meta.url);
