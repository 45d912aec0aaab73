import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";
import * as messages from "./server.ts";

errors([
  [
    "SERVER",
    messages.portUnusable(80, Object.assign(new Error("in use"), { code: "EADDRINUSE" })),
    "Port 80 is in use. Choose another with --port, or 0 for a free one.",
  ],
  [
    "SERVER",
    messages.portUnusable(80, Object.assign(new Error("permission denied"), { code: "EACCES" })),
    "Port 80 cannot be used: permission denied.",
  ],
]);

sentences([
  [messages.WRONG_HOST, "This page is for this machine alone. Open the address that tssl watch printed.\n"],
  [messages.ONLY_READ, "This page can only be read.\n"],
  [messages.ADDRESS_INCOMPLETE, "Open the whole address that tssl watch printed.\n"],
  [messages.NO_REPORT_YET, "There is no report yet.\n"],
  [
    messages.reportOfAnother("my runs/a"),
    "report.html was not written by this version of tssl, so its script is not run here. " +
      "Write it anew: tssl report 'my runs/a'\n",
  ],
  [messages.NO_SUCH_PAGE, "There is no such page.\n"],
]);

eachIsHere(messages, import.meta.url);
