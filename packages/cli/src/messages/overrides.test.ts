import * as messages from "./overrides.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    "USAGE",
    messages.overrideNotRead("--set", "epochs=[", "Flow sequence at line 1, column 2"),
    '--set "epochs=[" cannot be read: Flow sequence at line 1, column 2.',
  ],
  ["USAGE", messages.pathTooDeep("--set", 99, 20), "--set must name an option by at most 20 keys, got 99."],
  [
    "USAGE",
    messages.placeBeyondList("99", 2),
    "A list of the config has 2 items, so that a place in it is 0 to 2, where 2 adds one; got 99.",
  ],
  [
    "USAGE",
    messages.itemMissing("plugins.cls.beta", "cls", ["moco", "clsa"]),
    'plugins.cls.beta: the list has no item "cls". It has moco, clsa.',
  ],
  [
    "USAGE",
    messages.malformedOverride("TSSL_SET", "epochs"),
    'TSSL_SET must be path=value, as in optimizer.lr=0.1, got "epochs".',
  ],
  [
    "USAGE",
    messages.unknownKey("optimizer.momentun", ["optimizer.lr", "optimizer.momentum"]),
    'optimizer.momentun: the config has no such option. Did you mean "optimizer.momentum"? ' +
      "Without a key, tssl config explain shows all options.",
  ],
]);

eachIsHere(messages, import.meta.url);
