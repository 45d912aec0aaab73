import { execFileSync, spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";

import { freeAddress } from "@tssl/engine";
import { assertClose, cpuPlugin } from "@tssl/engine/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { MAIN } from "./built-program.test.data.ts";
import { compositions } from "./compositions.test.data.ts";
import { type KillGround, killGround } from "./kill.test.data.ts";
import { lossesIn } from "./run-numbers.test.data.ts";

// Machines are network namespaces of Linux, each with an address, a host name and a hosts file of its own, so
// that nothing passes between them but over their network. Making them takes root and iproute2.

const has = (program: string): boolean => spawnSync("which", [program]).status === 0;
const canMakeMachines = process.getuid?.() === 0 && has("ip") && has("unshare");

/** Two machines: "node-0" at 10.99.0.1, "node-1" at 10.99.0.2. */
const MACHINES = [0, 1] as const;
const nameOf = (machine: number) => `tssl-test-${process.pid}-${machine}`;
const addressOf = (machine: number) => `10.99.0.${machine + 1}`;
const ip = (...args: readonly string[]) => void execFileSync("ip", args, { stdio: "pipe" });

/** In the place of a GPU's. */
const plugin = await cpuPlugin();

let ground: KillGround;
beforeAll(async () => {
  ground = await killGround();
  ground.config("run.yaml", { ...compositions[2]!.config, evaluation: { everyEpochs: 20, k: 10 } });
});
afterAll(() => ground.remove());

interface Ended {
  readonly code: number | null;
  readonly said: string;
}

/** Runs a program in the folder of the test, with one thread for each of its processes. */
const run = (program: string, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const env = {
      ...process.env,
      TF_NUM_INTRAOP_THREADS: "1",
      ...(plugin === undefined ? {} : { TSSL_PJRT_PLUGIN: plugin }),
    };
    const child = spawn(program, args, { cwd: ground.path, env });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data: Buffer) => (said += data.toString()));
    }
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, said }));
  });

const train = (...args: readonly string[]) => [MAIN, "train", "run.yaml", ...args];
const losses = (out: string) => lossesIn(path.join(ground.path, out)).map(([, loss]) => loss);
let alone: readonly number[] | undefined;
/** To rounding, the losses of one process. */
async function requireSameLosses(out: string): Promise<void> {
  if (alone === undefined) {
    const { code, said } = await run(process.execPath, train("--out", "alone"));
    expect(code, said).toBe(0);
    alone = losses("alone");
  }
  assertClose(losses(out).slice(0, 1), alone.slice(0, 1), 1e-4);
  assertClose(losses(out), alone, 2e-2);
}

describe.skipIf(!canMakeMachines)("machines of a network", () => {
  beforeAll(() => {
    for (const machine of MACHINES) {
      ip("netns", "add", nameOf(machine));
      ip("-n", nameOf(machine), "link", "set", "lo", "up");
    }
    const ends = MACHINES.map(nameOf);
    ip("link", "add", "eth0", "netns", ends[0]!, "type", "veth", "peer", "name", "eth0", "netns", ends[1]!);
    for (const machine of MACHINES) {
      ip("-n", nameOf(machine), "addr", "add", `${addressOf(machine)}/24`, "dev", "eth0");
      ip("-n", nameOf(machine), "link", "set", "eth0", "up");
      // As Debian writes it: by its own name, a machine reaches only itself.
      const other = 1 - machine;
      const hosts = ["127.0.0.1 localhost", `127.0.1.1 node-${machine}`, `${addressOf(other)} node-${other}`];
      writeFileSync(path.join(ground.path, `hosts-${machine}`), `${hosts.join("\n")}\n`);
    }
  });
  afterAll(() => {
    for (const machine of MACHINES) spawnSync("ip", ["netns", "delete", nameOf(machine)]);
  });

  /** Runs this program on a machine. */
  const on = (machine: number, args: readonly string[]): Promise<Ended> => {
    const setUp = `mount --bind hosts-${machine} /etc/hosts && hostname node-${machine} && exec "$@"`;
    const inside = ["unshare", "--mount", "--uts", "sh", "-c", setUp, "sh", process.execPath, ...args];
    return run("ip", ["netns", "exec", nameOf(machine), ...inside]);
  };

  /** Trains on both. */
  async function together(out: string, ...args: readonly string[]): Promise<void> {
    const ends = await Promise.all(
      MACHINES.map((machine) => {
        const where = ["--nodes", "2", "--node", String(machine), "--rendezvous", "node-0:29400"];
        return on(machine, train("--out", `${out}-${machine}`, ...args, ...where));
      }),
    );
    expect(
      ends.map(({ code }) => code),
      ends.map(({ said }) => said).join("\n"),
    ).toEqual([0, 0]);
    await requireSameLosses(`${out}-0`);
  }

  it("train together, two processes on each", { timeout: 600_000 }, () =>
    together("processes", "--processes", "2"),
  );

  it.skipIf(plugin === undefined)("train together, two devices on each", { timeout: 600_000 }, () =>
    together("devices", "--processes", "1", "--set", "engine.backend=pjrt", "--set", "engine.replicas=4"),
  );
});

describe.skipIf(!has("mpirun"))("processes that mpirun starts", () => {
  const mpirun = (...args: readonly string[]) =>
    run("mpirun", ["--allow-run-as-root", "--oversubscribe", "-n", "2", process.execPath, ...train(...args)]);

  it("train together at an address", { timeout: 600_000 }, async () => {
    const { code, said } = await mpirun("--out", "mpi", "--rendezvous", await freeAddress("127.0.0.1"));
    expect(code, said).toBe(0);
    expect(said).toContain("2 processes train together, started by mpirun.\n");
    await requireSameLosses("mpi");
  });

  it("say that they need one", async () => {
    const { code, said } = await mpirun("--out", "no-address");
    expect(code).toBe(2);
    expect(said).toContain("mpirun does not say where the first process can be reached. Add --rendezvous ");
  });
});
