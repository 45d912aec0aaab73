import * as messages from "./plugins.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    "INVALID_PLUGIN",
    messages.otherContract("old", 1, 2),
    "[old] was written for contract 1, and this version of tssl has contract 2. Update the plugin.",
  ],
  [
    "INVALID_PLUGIN",
    messages.listedTwice("moco"),
    'plugins: "moco" is listed more than once. Keep one of them.',
  ],
  [
    "INVALID_PLUGIN",
    messages.publishedTwice(["moco", "byol"], "embeddingSpace"),
    'plugins: "moco" and "byol" both publish "embeddingSpace". Keep one of them.',
  ],
  [
    "INVALID_PLUGIN",
    messages.nothingPublishes("clsa", "embeddingSpace", []),
    'plugins: "clsa" needs a plugin that publishes "embeddingSpace", and none of these does. ' +
      "Add a method such as moco.",
  ],
  [
    "INVALID_PLUGIN",
    messages.nothingPublishes("clsa", "embeddingSpace", ["cpc"]),
    'plugins: "clsa" needs a plugin that publishes "embeddingSpace", and cpc does not. ' +
      'Use a method that does, such as moco, or leave "clsa" out.',
  ],
  [
    "INVALID_PLUGIN",
    messages.nothingPublishes("clsa", "embeddingSpace", ["cpc", "probe"]),
    'plugins: "clsa" needs a plugin that publishes "embeddingSpace", and cpc and probe do not. ' +
      'Use a method that does, such as moco, or leave "clsa" out.',
  ],
  [
    "INVALID_PLUGIN",
    messages.requiredInACircle(["one", "other"]),
    "plugins: one, other require each other in a circle.",
  ],
  [
    "INVALID_PLUGIN",
    messages.viewsDiffer("other", "one", "query"),
    '[other] asks for a view "query" that differs from the view "query" of [one]. ' +
      "Plugins share views of one name: give this one another name.",
  ],
  [
    "INVALID_PLUGIN",
    messages.noViews(),
    "plugins: none of them asks for a view, so there is nothing to train on. Add a method such as moco.",
  ],
  [
    "INVALID_PLUGIN",
    messages.notOneEncoder([]),
    "plugins: exactly one must train an encoder, and none does. Add a method such as moco.",
  ],
  [
    "INVALID_PLUGIN",
    messages.notOneEncoder(["moco", "byol"]),
    "plugins: exactly one must train an encoder, and moco and byol do. Keep one of them.",
  ],
]);

eachIsHere(messages, import.meta.url);
