import * as messages from "./option-values.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    "commander.invalidArgument",
    messages.mustBeOneOf("byol+clas", ["byol", "byol+clsa"]),
    'It must be one of byol, byol+clsa. Did you mean "byol+clsa"?',
  ],
  [
    "commander.invalidArgument",
    messages.mustBeRepository(),
    "It must be the name of a repository with its owner, such as me/encoder.",
  ],
  ["commander.invalidArgument", messages.mustBeACosine(), "It must be a cosine above 0 and at most 1."],
  ["commander.invalidArgument", messages.mustBeAbove0(), "It must be a number above 0."],
  ["commander.invalidArgument", messages.mustBeAtLeast0(), "It must be a whole number, 0 to 4,294,967,295."],
  ["commander.invalidArgument", messages.mustBeACount(1e6), "It must be a whole number, 1 to 1,000,000."],
  ["commander.invalidArgument", messages.mustBeFewer(1000), "It must name at most 1,000 numbers."],
  ["commander.invalidArgument", messages.mustBeAtMost1(), "It must be at most 1."],
  ["commander.invalidArgument", messages.mustBeAPort(), "It must be a whole number from 0 to 65535."],
  [
    "commander.invalidArgument",
    messages.mustBeASize(),
    "It must be a size above 0 with its unit, such as 800kB, 500MB or 1.5GB.",
  ],
  [
    "commander.invalidArgument",
    messages.mustBeARange(),
    "It must be two numbers, the first below the second, such as 0,4095.",
  ],
]);

eachIsHere(messages, import.meta.url);
