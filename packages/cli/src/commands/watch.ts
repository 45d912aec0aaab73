import { serveRun } from "@tssl/core";

export interface WatchFlags {
  readonly port: number;
}

/** `tssl watch <run>`: serves the run's live page until Ctrl-C, which is how it is meant to end. */
export async function watchCommand(run: string, { port }: WatchFlags): Promise<number> {
  const server = await serveRun(run, { port });
  process.stdout.write(`${run} live at ${server.url} (Ctrl-C ends this page, not the training)\n`);
  await new Promise((resolve) => process.once("SIGINT", resolve).once("SIGTERM", resolve));
  await server.close();
  return 0;
}
