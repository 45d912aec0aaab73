import * as messages from "./untrusted.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    "UNTRUSTED",
    messages.untrustedCode([{ file: "/runs/a/code/term.mjs", from: "/home/ada/term.ts" }]),
    "This would run code that you have not run on this machine before:\n" +
      "  - /runs/a/code/term.mjs, made from /home/ada/term.ts\n" +
      "Read it, and add --trust if you trust who wrote it.",
  ],
  [
    "UNTRUSTED",
    messages.untrustedCode([{ file: "/a.mjs" }, { file: "/b.mjs" }]),
    "This would run code that you have not run on this machine before:\n  - /a.mjs\n  - /b.mjs\n" +
      "Read them, and add --trust if you trust who wrote them.",
  ],
  [
    "UNTRUSTED",
    messages.untrustedServers(["https://a.example", "https://b.example:8443"]),
    "This run's images would be fetched from https://a.example and https://b.example:8443, which no config " +
      "of yours has named on this machine. Add --trust if you trust who made the run.",
  ],
]);

eachIsHere(messages, import.meta.url);
