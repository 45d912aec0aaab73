import { eachIsHere, sentences } from "../../messages/sentences.test.data.ts";
import * as messages from "./networks.ts";

sentences([
  [
    messages.statisticsStandStill("mine", ["mine.a", "mine.b", "mine.c", "mine.d", "mine.e"]),
    '[mine] step never moves the running statistics "mine.a", "mine.b", "mine.c" and 2 more of the ' +
      "plugin's network, with which evaluation normalizes. Embed images with `embed`, or with `encode` and " +
      '`project` in mode "training".',
  ],
  [
    messages.encoderMovedElsewhere("mine", "after", "mine.target"),
    '[mine] after moves the momentum encoder "mine.target". It must move once in each optimizer step, ' +
      "however many parts the batch is accumulated from: call its `update` in `afterStep` alone.",
  ],
  [
    messages.encoderNeverMoved("mine", "mine.target"),
    '[mine] No hook moves the momentum encoder "mine.target", so it stays as it was made. Call its ' +
      "`update` in `afterStep`.",
  ],
  [
    messages.encoderMovedOften("mine", "mine.target", 2),
    '[mine] afterStep moves the momentum encoder "mine.target" 2 times. It must move once in each ' +
      "optimizer step: call its `update` once.",
  ],
]);

eachIsHere(messages, import.meta.url);
