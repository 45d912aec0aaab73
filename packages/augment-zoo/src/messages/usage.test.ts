import { eachIsHere, errors } from "./sentences.test.data.ts";
import * as messages from "./usage.ts";

const cause = new Error("out of memory");

errors([
  [messages.malformedParameters("factor=1"), `--params must be JSON such as '{"factor": 1.2}', got factor=1`],
  [messages.outputNotWritable("out.xyz", cause), "Cannot write out.xyz: out of memory"],
  [messages.wrongUsage("augment-zoo …"), "Usage: augment-zoo …"],
  [
    messages.wrongUsage("augment-zoo …", "Unknown option '--x'."),
    "Unknown option '--x'. Usage: augment-zoo …",
  ],
]);

eachIsHere(messages, import.meta.url);
