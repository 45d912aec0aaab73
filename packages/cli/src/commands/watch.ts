import { serveRun } from "@tssl/report";
import type { Command } from "commander";

import { finish } from "../exit-code.ts";
import { port } from "../option-values.ts";
import { printResult } from "../terminal.ts";

interface WatchFlags {
  readonly port: number;
}

export function addWatch(program: Command): void {
  program
    .command("watch")
    .description(
      "serve the live page of a run on this machine (127.0.0.1) until Ctrl-C; the run may be running or " +
        "ended",
    )
    .argument("<run>", "run folder")
    .option("--port <number>", "port of the page; 0 takes a free one", port, 6100)
    .addHelpText("after", "\nExample:\n  tssl watch runs/demo --port 0")
    .action(async (run: string, flags: WatchFlags) => finish(await watchCommand(run, flags)));
}

/** `tssl watch <run>`: serves the live page of a run until Ctrl-C, which is its normal end. */
async function watchCommand(run: string, { port }: WatchFlags): Promise<number> {
  const server = await serveRun(run, { port });
  printResult(`${run} is live at ${server.url} (Ctrl-C stops this page, not the training)\n`);
  await new Promise((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
  await server.close();
  return 0;
}
