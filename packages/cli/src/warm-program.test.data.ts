// Runs commands of the build in one process, for `warmTsslIn`: node warm-program.test.data.js NAME_OF_SOCKET
import { once } from "node:events";
import { createServer, type Socket } from "node:net";

import { type Command, type Ended, MAIN } from "./built-program.test.data.ts";
import { runProgram } from "./run-program.ts";

const socketName = `\0${process.argv[2]}`; // without a file: Linux's abstract namespace
process.argv[1] = MAIN;
process.on("disconnect", () => process.exit());
createServer({ allowHalfOpen: true }, (socket) => void answer(socket)).listen(socketName);

async function answer(socket: Socket): Promise<void> {
  let received = "";
  socket.setEncoding("utf8").on("data", (part: string) => (received += part));
  await once(socket, "end");
  socket.end(JSON.stringify(await run(JSON.parse(received) as Command)));
}

async function run({ folder, args, env }: Command): Promise<Ended> {
  const before = { ...process.env };
  process.chdir(folder);
  for (const [name, value] of Object.entries(env)) setVariable(name, value);
  const [out, err] = [capture(process.stdout), capture(process.stderr)];
  try {
    return { code: await runProgram(args), out: out.end(), err: err.end() };
  } finally {
    for (const name of Object.keys(env)) setVariable(name, before[name]);
  }
}

function setVariable(name: string, value: string | undefined): void {
  if (value === undefined) Reflect.deleteProperty(process.env, name);
  else process.env[name] = value;
}

/** Collects what is written to a stream, in place of writing it. */
function capture(stream: NodeJS.WriteStream): { end(): string } {
  const { write } = stream;
  let written = "";
  stream.write = (chunk: string | Uint8Array, ...more: unknown[]) => {
    written += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString();
    const whenWritten = more.at(-1);
    if (typeof whenWritten === "function") process.nextTick(whenWritten);
    return true;
  };
  return {
    end: () => {
      stream.write = write;
      return written;
    },
  };
}
