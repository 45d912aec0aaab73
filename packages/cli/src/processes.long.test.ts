import { type ChildProcess, spawn } from "node:child_process";
import path from "node:path";

import { assertClose } from "@tssl/engine/testing";
import { freeAddress } from "@tssl/engine";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { MAIN } from "./built-program.test.data.ts";
import { compositions } from "./compositions.test.data.ts";
import { type KillGround, killGround, train } from "./kill.test.data.ts";
import { loggedNumbers, lossesIn } from "./run-numbers.test.data.ts";

let ground: KillGround;
beforeAll(async () => (ground = await killGround()));
afterAll(() => ground.remove());
const within = (run: string) => path.join(ground.path, run);

/** Of the first step, which only rounding parts, and of later ones, which amplify it. */
const [FIRST, TOLERANCE] = [1e-4, 2e-2];

describe("every method on two processes has the numbers of one", () => {
  it.each(compositions.map(({ name, config }, i) => [name, config, i] as const))(
    "%s",
    { timeout: 600_000 },
    async (_, config, i) => {
      const file = ground.config(`${i}.yaml`, config);
      const one = await train(ground, [file, "--out", `${i}-one`], `${i}-one`);
      const two = await train(ground, [file, "--out", `${i}-two`, "--processes", "2"], `${i}-two`);
      expect([one.code, two.code], one.err + two.err).toEqual([0, 0]);
      const [wanted, found] = [loggedNumbers(within(`${i}-one`)), loggedNumbers(within(`${i}-two`))];
      expect(found.map(({ step }) => step)).toEqual(wanted.map(({ step }) => step));
      wanted.forEach(({ step, values: { loss, knn } }, row) => {
        const { values } = found[row]!;
        const tolerance = step === 1 ? FIRST : TOLERANCE;
        if (loss !== undefined) assertClose([values["loss"]!], [loss], tolerance, `loss of step ${step}`);
        expect(values["knn"] === undefined).toBe(knn === undefined);
      });
    },
  );
});

it(
  "four processes start again after one was killed: the others only lose it",
  { timeout: 600_000 },
  async () => {
    ground.config("four.yaml", {
      ...compositions[2]!.config,
      epochs: 20,
      evaluation: { everyEpochs: 20, k: 10 },
    });
    const kill = { signal: "SIGKILL", at: { said: "epoch 2 ", times: 1, after: 0 }, place: 2 } as const;
    const four = await train(ground, ["four.yaml", "--out", "four", "--processes", "4"], "four", kill);
    expect(four.code, four.err).toBe(0);
    expect(four.err).toContain(
      "Process 2 of this machine ended (signal SIGKILL). All start again from the newest checkpoint: " +
        "1 of 3 restarts.\n",
    );
  },
);

describe("processes of several machines", () => {
  const { config } = compositions[2]!;
  beforeAll(async () => {
    ground.config("run.yaml", { ...config, epochs: 20, evaluation: { everyEpochs: 20, k: 10 } });
    const one = await train(ground, ["run.yaml", "--out", "of-one", "--processes", "2"], "of-one");
    expect(one.code, one.err).toBe(0);
  }, 240_000);

  /** To rounding: processes of several machines may have other numbers of threads. */
  const requireSameLosses = (run: string): void => {
    const [found, wanted] = [lossesIn(within(run)), lossesIn(within("of-one"))];
    expect(found.map(([step]) => step)).toEqual(wanted.map(([step]) => step));
    const losses = ([, loss]: readonly [number, number]) => loss;
    assertClose(found.map(losses), wanted.map(losses), TOLERANCE);
  };

  it("meet at an address, and have the numbers of those of one", { timeout: 600_000 }, async () => {
    const rendezvous = await freeAddress("127.0.0.1");
    const on = (node: string, out: string) => [
      ...["run.yaml", "--out", out, "--processes", "1", "--nodes", "2", "--node", node],
      ...["--rendezvous", rendezvous],
    ];
    const [first, second] = await Promise.all([
      train(ground, on("0", "first"), "first"),
      train(ground, on("1", "second"), "second"),
    ]);
    expect([first.code, second.code], first.err + second.err).toEqual([0, 0]);
    requireSameLosses("first");
  });

  it("start again together after one machine was lost for a while", { timeout: 600_000 }, async () => {
    const rendezvous = await freeAddress("127.0.0.1");
    const on = (node: string, out: string) => [
      ...["run.yaml", "--out", out, "--processes", "1", "--nodes", "2", "--node", node],
      ...["--rendezvous", rendezvous],
    ];
    const kill = { signal: "SIGKILL", at: { said: "epoch 2 ", times: 1, after: 0 }, place: 0 } as const;
    const [first, second] = await Promise.all([
      train(ground, on("0", "lost"), "lost", kill),
      train(ground, on("1", "not-written"), "not-written"),
    ]);
    expect([first.code, second.code], first.err + second.err).toEqual([0, 0]);
    for (const { err } of [first, second]) expect(err).toContain("1 of 3 restarts.");
    requireSameLosses("lost");
  });

  /**
   * Processes as torchrun starts them, each with arguments of its own: how they end, and what they say.
   *
   * @param stopped the ranks of those that get SIGTERM in the second epoch.
   */
  async function torchrun(of: readonly (readonly string[])[], stopped: readonly number[] = []) {
    const [host, port] = (await freeAddress("127.0.0.1")).split(":");
    const children: ChildProcess[] = [];
    let isToStop = stopped.length > 0;
    return Promise.all(
      of.map(
        (own, rank) =>
          new Promise<{ readonly code: number | null; readonly said: string }>((resolve) => {
            const args = [MAIN, "train", ...own];
            const env = { MASTER_ADDR: host, MASTER_PORT: port, WORLD_SIZE: String(of.length) };
            const place = { RANK: String(rank), LOCAL_RANK: String(rank), TF_NUM_INTRAOP_THREADS: "1" };
            const child = spawn(process.execPath, args, {
              cwd: ground.path,
              env: { ...process.env, ...env, ...place },
            });
            children.push(child);
            let said = "";
            for (const stream of [child.stdout, child.stderr]) {
              stream.on("data", (data: Buffer) => {
                said += data.toString();
                if (!isToStop || !said.includes("epoch 2 ")) return;
                isToStop = false;
                for (const rank of stopped) children[rank]!.kill("SIGTERM");
              });
            }
            child.on("close", (code) => resolve({ code, said }));
          }),
      ),
    );
  }

  const twice = (...args: readonly string[]) => [args, args];

  it("are those of torchrun's variables", { timeout: 600_000 }, async () => {
    const ends = await torchrun(twice("run.yaml", "--out", "torchrun"));
    expect(ends.map(({ code }) => code)).toEqual([0, 0]);
    expect(ends[0]!.said).toContain("2 processes train together, started by torchrun.\n");
    requireSameLosses("torchrun");
  });

  it.each([[[0, 1]], [[1]]])(
    "stop together with a checkpoint where %j get the signal",
    { timeout: 600_000 },
    async (stopped) => {
      const out = `stopped-${stopped.length}`;
      const ends = await torchrun(twice("run.yaml", "--out", out), stopped);
      expect(ends.map(({ code }) => code)).toEqual([143, stopped.includes(1) ? 143 : 0]);
      const asked = "Stopping after this step: process 1 was asked to stop.\n";
      if (!stopped.includes(0)) expect(ends[0]!.said).toContain(asked);
      expect(ends[0]!.said).toMatch(/Stopped after \d+ steps; the state is saved in .*checkpoints\.\n/);
      const [led] = await torchrun(twice("--resume", out));
      expect(led!.code, led!.said).toBe(0);
      requireSameLosses(out);
    },
  );

  it("say what differs, and end", { timeout: 600_000 }, async () => {
    const [leader, follower] = await torchrun([
      ["run.yaml", "--out", "unlike"],
      ["run.yaml", "--out", "unlike", "--set", "optimizer.lr=0.5"],
    ]);
    expect([leader!.code, follower!.code]).toEqual([1, 2]);
    const differs =
      "Processes that train together must be started alike, and this one differs from the one that leads: " +
      "optimizer.lr was 0.06, is 0.5.";
    expect(follower!.said).toContain(`Error: ${differs}\n(INVALID_OPTION, see tssl explain INVALID_OPTION)`);
    expect(leader!.said).toContain(`process 1 has ended: ${differs}\n(PROCESS_FAILED, `);
  });
});
