import * as messages from "./comparisons.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    "RUN_FOLDER",
    messages.anotherComparison("two", "variants.0.resolved.epochs was 2, is 3"),
    "two holds another comparison: variants.0.resolved.epochs was 2, is 3. Choose another folder with --out.",
  ],
  [
    "RUN_FOLDER",
    messages.notAComparison("full"),
    "full must be a new or empty folder, or that of a comparison. Choose another with --out.",
  ],
  [
    "USAGE",
    messages.malformedVary("beta"),
    '--vary must be path=value,value,…, as in plugins.clsa.beta=0,0.5,1, got "beta".',
  ],
  [
    "USAGE",
    messages.nothingToCompare(),
    "There is nothing to compare: give two configs, or one config and --vary path=value,value.",
  ],
  [
    "USAGE",
    messages.sameVariantName("a", "x/a.yaml", "y/a.json"),
    'Two variants would be called "a": x/a.yaml and y/a.json.',
  ],
  [
    "USAGE",
    messages.unknownBaseline("0.05", ["0.1", "0.5"]),
    '--baseline must be one of 0.1, 0.5, got "0.05". Did you mean "0.5"?',
  ],
  [
    "USAGE",
    messages.variesSeveralConfigs(["a.yaml", "b.yaml"]),
    "--vary varies one config, got 2: a.yaml, b.yaml.",
  ],
]);

eachIsHere(messages, import.meta.url);
