import { expect, it } from "vitest";

import * as messages from "./processes.ts";
import { eachIsHere, errors } from "./sentences.test.data.ts";

errors([
  [
    "USAGE",
    messages.rendezvousMissing(2),
    "--nodes 2 needs --rendezvous <host:port>, where the first machine can be reached by the others.",
  ],
  [
    "USAGE",
    messages.mustBeAnAddress("node-a"),
    "--rendezvous must be <host:port>, such as node-a:29400, got node-a.",
  ],
  ["USAGE", messages.nodeOutOfRange(2, 2), "--node must be 0 to 1, since there are 2 nodes, got 2."],
  ["USAGE", messages.processesMissing("--nodes"), "--nodes belongs to --processes."],
  [
    "USAGE",
    messages.launcherWithoutAddress("mpirun"),
    "mpirun does not say where the first process can be reached. Add --rendezvous <host:port> of its " +
      "machine.",
  ],
  [
    "USAGE",
    messages.processesTwice("srun"),
    "srun has started the processes already. Leave out --processes and --nodes.",
  ],
]);

it("notices", () => {
  expect(messages.foundLauncher(8, "torchrun")).toBe("8 processes train together, started by torchrun.");
  expect(messages.leadsHere(2, "node-a:29400")).toBe(
    "2 processes train together; the first waits for the others at node-a:29400.",
  );
  expect(messages.openPorts()).toBe(
    "While it trains, each process has an open port, and whoever reaches it can run code as you: use a " +
      "network that you trust.",
  );
  expect(messages.startingAgain("Process 1 of this machine", "signal SIGKILL", 1, 3)).toBe(
    "Process 1 of this machine ended (signal SIGKILL). All start again from the newest checkpoint: 1 of 3 " +
      "restarts.",
  );
});

eachIsHere(messages, import.meta.url);
