import { TsslError } from "@tssl/core/run";

import * as messages from "./config.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    "INVALID_CONFIG",
    messages.configNotAnObject("list.yaml", [1]),
    "list.yaml must contain an object with data, encoder, plugins, …, got [1].",
  ],
  [
    "INVALID_CONFIG",
    messages.extendsItself("b.yaml", ["a.yaml", "b.yaml", "a.yaml"]),
    "b.yaml: extends leads back to the same file: a.yaml → b.yaml → a.yaml.",
  ],
  [
    "INVALID_CONFIG",
    messages.definitionNotKept("encoder", "mine", "runs/a b"),
    'runs/a b was trained with an encoder "mine" that is known by no name or file: it stood in the config ' +
      "itself, which a run keeps no copy of. Name the config again, " +
      "tssl train <config> --resume 'runs/a b', " +
      'or give the encoder a file of its own, { use: "./mine.ts" }, before you train.',
  ],
  [
    "INVALID_CONFIG",
    messages.moduleNotLoaded("/own/term.ts", new Error("x is not defined\n  at …")),
    "The module /own/term.ts cannot be loaded: x is not defined.",
  ],
  [
    "INVALID_CONFIG",
    messages.moduleNotLoaded("./own.ts", messages.noDefinition()),
    "The module ./own.ts cannot be loaded: its default export is no plugin, encoder or optimizer; " +
      "definePlugin makes one.",
  ],
  [
    "INVALID_CONFIG",
    messages.moduleNotLoaded("./own.ts", messages.otherDefinition("encoder", "plugin")),
    "The module ./own.ts cannot be loaded: its default export is an encoder, and a plugin is needed here.",
  ],
  [
    "INVALID_CONFIG",
    messages.nothingToReplace("remove", "clas", ["moco", "clsa"]),
    'plugins: there is no "clas" to remove: what it extends has moco, clsa. Did you mean "clsa"?',
  ],
  [
    "INVALID_CONFIG",
    messages.nothingToReplace("replace", "moco", []),
    'plugins: there is no "moco" to replace: it extends none that lists plugins.',
  ],
  [
    "INVALID_CONFIG",
    messages.unknownBase("a.yaml", "simclr/imagnet", ["moco/imagenet", "simclr/imagenet"]),
    "a.yaml: extends must be the path of a config file, also in an installed package, or a preset, " +
      'got "simclr/imagnet". Did you mean "simclr/imagenet"? Presets: moco/imagenet, simclr/imagenet',
  ],
  [
    "INVALID_CONFIG",
    messages.variantsRefused(
      new Map([
        ["a", new TsslError("INVALID_CONFIG", "a.yaml has 1 problem:\n  - epochs: must be given")],
        ["b", new TsslError("INVALID_CONFIG", "b.yaml has 1 problem:\n  - data: must be given")],
      ]),
    ),
    "a: a.yaml has 1 problem:\n  - epochs: must be given\nb: b.yaml has 1 problem:\n  - data: must be given",
  ],
]);

eachIsHere(messages, import.meta.url);
