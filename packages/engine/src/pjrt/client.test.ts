import { setImmediate as turn } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { EngineError } from "../errors.ts";
import { collectGarbage, cpuPlugin } from "../testing/index.ts";
import { type DeviceBuffer, download, downloadAll, downloadNow, upload } from "./buffers.ts";
import { type DeviceClient, openClient } from "./client.ts";
import { memoryInUse } from "./devices.ts";
import { compile, type Executable, loadExecutable } from "./executable.ts";
import { type DevicePlugin, openPlugin } from "./plugin.ts";
import { CPU } from "./plugins.ts";
import { double, host, numbers, ones, products, SCALE, sumOfReplicas } from "./programs.test.data.ts";

const file = await cpuPlugin();

describe.skipIf(file === undefined)("a client of a PJRT plugin", () => {
  let plugin: DevicePlugin;
  let client: DeviceClient;
  let scale: Executable;
  beforeAll(async () => {
    plugin = openPlugin(file!);
    client = openClient(plugin, { cpu_device_count: 1 });
    scale = await compile(client, SCALE);
  });
  afterAll(() => client.close());

  const up = (values: number[], shape = [values.length]): DeviceBuffer => upload(client, host(values, shape));
  const read = async (buffer: DeviceBuffer): Promise<number[]> => numbers(await download(buffer));
  /** Runs a program of one device to its end. */
  const run = async (program: Executable, ...given: DeviceBuffer[]): Promise<readonly DeviceBuffer[]> => {
    const { results, done } = await program.start([given]);
    await done;
    return results[0]!;
  };

  it("knows the plugin, its platform and its devices", () => {
    expect(plugin.apiVersion).toBe(CPU.apiVersion);
    expect(client.platform).toBe("cpu");
    expect(client.devices.map(({ id, kind }) => ({ id, kind }))).toEqual([{ id: 0, kind: "cpu" }]);
    expect(openPlugin(file!)).toBe(plugin);
  });

  it.each([
    ["float32", [1.5, -2, 0.25], [3]],
    ["float64", [1 / 3, 2], [2, 1]],
    ["int32", [-5, 7, 2 ** 31 - 1, -(2 ** 31)], [2, 2]],
    ["uint8", [0, 255, 128], [1, 3]],
    ["bool", [1, 0], [2]],
    ["float32", [42], []],
    ["float32", [], [0, 4]],
  ] as const)("brings %s %j of shape %j to the device and back", async (element, values, shape) => {
    const buffer = upload(client, host(values, shape, element));
    expect(await download(buffer)).toEqual(host(values, shape, element));
    expect(downloadNow([buffer, buffer])).toEqual([
      host(values, shape, element),
      host(values, shape, element),
    ]);
    buffer.free();
  });

  it("reads results in row-major order, whatever the device's own is", async () => {
    const values = Array.from({ length: 24 }, (_, i) => i);
    const transpose = await compile(
      client,
      `module { func.func public @main(%x: tensor<2x3x4xf32>) -> tensor<4x2x3xf32> {
        %y = stablehlo.transpose %x, dims = [2, 0, 1] : (tensor<2x3x4xf32>) -> tensor<4x2x3xf32>
        return %y : tensor<4x2x3xf32> } }`,
    );
    const [result] = await run(transpose, up(values, [2, 3, 4]));
    expect(await read(result!)).toEqual(
      Array.from(
        { length: 24 },
        (_, i) => values[(Math.floor(i / 3) % 2) * 12 + (i % 3) * 4 + Math.floor(i / 6)],
      ),
    );
  });

  it("copies what it uploads before it returns, also out of shared memory", async () => {
    const shared = new Float32Array(new SharedArrayBuffer(16)).fill(3);
    const bytes = new Uint8Array(shared.buffer, 4, 8);
    const buffer = upload(client, { element: "float32", shape: [2], bytes });
    shared.fill(9);
    expect(await read(buffer)).toEqual([3, 3]);
  });

  it("takes a donated argument over, and refuses it from then on", async () => {
    let w = up([1, 2, 3, 4]);
    const x = up([1, 1, 1, 1, 2, 2, 2, 2], [2, 4]);
    for (const factor of [1, 2, 4]) {
      const [next, y] = await run(scale, w, x);
      expect(await read(y!)).toEqual([1, 2, 3, 4, 2, 4, 6, 8].map((value) => value * factor));
      await expect(download(w)).rejects.toThrow(/deleted or donated/);
      await expect(scale.start([[w, x]])).rejects.toMatchObject({
        code: "DEVICE_FAILED",
        data: { function: "LoadedExecutable_Execute" },
      });
      w.free();
      w = next!;
    }
    expect(await read(w)).toEqual([8, 16, 24, 32]);
  });

  it("hands results on before they exist", async () => {
    const program = await compile(client, products(256, 4));
    const half = up(
      Array.from({ length: 256 * 256 }, (_, i) => (i % 257 === 0 ? 0.5 : 0)),
      [256, 256],
    );
    let matrix = up(Array<number>(256 * 256).fill(2 ** 20), [256, 256]);
    const ends: Promise<void>[] = [];
    for (let step = 0; step < 5; step++) {
      const { results, done } = await program.start([[matrix, half]]);
      matrix.free();
      matrix = results[0]![0]!;
      ends.push(done);
    }
    expect(new Set(await read(matrix))).toEqual(new Set([1]));
    await Promise.all(ends);
  });

  it("leaves the event loop free while a program runs", async () => {
    const zeros = Array<number>(2 ** 20).fill(0);
    const [matrix, x] = [up(zeros, [1024, 1024]), up(zeros, [1024, 1024])];
    const program = await compile(client, products(1024, 10));
    let isRunning = true;
    const running = run(program, matrix, x)
      .then(([result]) => download(result!))
      .finally(() => (isRunning = false));
    let turns = 0;
    for (; isRunning; turns++) await turn();
    await running;
    // A call that waited for the program would leave a handful of turns.
    expect(turns).toBeGreaterThan(100);
  });

  it("survives garbage collection between all calls", async () => {
    let w = up([1, 1, 1, 1]);
    for (let step = 0; step < 3; step++) {
      collectGarbage();
      const x = up([1, 2, 3, 4, 5, 6, 7, 8], [2, 4]);
      collectGarbage();
      const starting = scale.start([[w, x]]);
      collectGarbage();
      const { results, done } = await starting;
      collectGarbage();
      const [next, y] = results[0]!;
      const reading = download(y!);
      collectGarbage();
      expect(numbers(await reading)[7]).toBe(8 * 2 ** step);
      await done;
      for (const buffer of [w, x, y!]) buffer.free();
      w = next!;
    }
    const pieces = [compile(client, double("3xf32")), compile(client, double("2x2xi32"))];
    collectGarbage();
    for (const program of await Promise.all(pieces)) program.free();
  });

  it("keeps what a running call uses, though it is freed meanwhile", async () => {
    const program = await compile(client, products(128, 2));
    const ones = Array<number>(128 * 128).fill(1);
    const [matrix, x] = [up(ones, [128, 128]), up(ones, [128, 128])];
    const starting = program.start([[matrix, x]]);
    for (const each of [program, matrix, x]) each.free();
    const { results } = await starting;
    expect((await read(results[0]![0]!))[0]).toBe(128 * 128);
    await expect(program.start([[matrix, x]])).rejects.toThrow("The executable was freed");
    program.free();
  });

  it("serves many calls at a time", async () => {
    const program = await compile(client, double("8xf32"));
    const results = await Promise.all(
      Array.from({ length: 64 }, async (_, i) => {
        const [result] = await run(program, up(Array<number>(8).fill(i)));
        return (await read(result!))[0];
      }),
    );
    expect(results).toEqual(Array.from({ length: 64 }, (_, i) => 2 * i));
  });

  it("downloads more arrays at a time than there may be calls on other threads", async () => {
    const buffers = Array.from({ length: 400 }, (_, i) => up([i]));
    const arrays = await downloadAll(buffers);
    expect(arrays.map(numbers)).toEqual(Array.from({ length: 400 }, (_, i) => [i]));
  });

  it("makes an executable of its bytes again", async () => {
    const bytes = scale.serialize();
    const again = await loadExecutable(client, bytes);
    const [next] = await run(again, up([1, 2, 3, 4]), up(Array<number>(8).fill(0), [2, 4]));
    expect(await read(next!)).toEqual([2, 4, 6, 8]);
    expect(again.memory()).toMatchObject({ arguments: 48, aliased: 16 });
    again.free();
  });

  it("tells the memory of a program", async () => {
    expect(scale.memory()).toMatchObject({ arguments: 16 + 32, results: 16 + 32 + 16, aliased: 16 });
    const program = await compile(client, products(64, 2));
    expect(program.memory()).toMatchObject({ arguments: 2 * 64 * 64 * 4, aliased: 64 * 64 * 4 });
    expect(program.memory().temporary).toBeGreaterThanOrEqual(64 * 64 * 4);
  });

  it("runs one program on several devices", async () => {
    const four = openClient(plugin, { cpu_device_count: 4 });
    expect(four.devices.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
    const program = await compile(four, sumOfReplicas(4), { replicas: 4 });
    const given = four.devices.map((device, i) => [upload(four, host([i, 1], [2]), device)]);
    const { results, done } = await program.start(given);
    await done;
    for (const [sum] of results) expect(await read(sum!)).toEqual([6, 4]);
    await expect(program.start(given.slice(1))).rejects.toThrow(
      "The program runs on 4 devices and needs arguments for each, got those of 3.",
    );
    await expect(program.start([given[0]!, given[1]!, given[2]!, []])).rejects.toMatchObject({
      code: "INVALID_OPTION",
    });
    await four.close();
  });

  it("frees what is left when it is closed, after running calls, and refuses new ones", async () => {
    const own = openClient(plugin);
    const program = await compile(own, products(256, 8));
    const [matrix, x] = [0, 1].map((value) =>
      upload(own, host(Array<number>(256 * 256).fill(value), [256, 256])),
    ) as [DeviceBuffer, DeviceBuffer];
    const running = program.start([[matrix, x]]);
    const closing = own.close();
    await expect(compile(own, SCALE)).rejects.toThrow("The client was freed");
    expect(() => upload(own, host([1], [1]))).toThrow("The client was freed");
    await running;
    await closing;
    await own.close();
    matrix.free();
    program.free();
    expect(() => program.memory()).toThrow("The executable was freed");
    await expect(download(x)).rejects.toThrow("The buffer was freed");
  });

  describe("says what PJRT refuses", () => {
    const refused = async (act: () => unknown): Promise<EngineError> => {
      const error: unknown = await Promise.resolve()
        .then(act)
        .then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
      expect(error).toBeInstanceOf(EngineError);
      return error as EngineError;
    };

    it.each<[string, () => unknown, Partial<EngineError>, RegExp]>([
      ["a text that is none", () => compile(client, "module { bad }"), { code: "STEP_NOT_COMPILED" }, /bad/],
      [
        "a flag that XLA has not",
        () => compile(client, SCALE, { flags: { xla_no_such_flag: 1 } }),
        { code: "STEP_NOT_COMPILED" },
        /xla_no_such_flag/,
      ],
      [
        "more replicas than devices",
        () => compile(client, sumOfReplicas(64), { replicas: 64 }),
        { code: "STEP_NOT_COMPILED" },
        /No matching device found/,
      ],
      [
        "bytes that are no executable",
        () => loadExecutable(client, Uint8Array.of(1, 2, 3)),
        { code: "DEVICE_FAILED" },
        /Executable_DeserializeAndLoad/,
      ],
      ["too few arguments", () => scale.start([[]]), { code: "DEVICE_FAILED" }, /LoadedExecutable_Execute/],
      [
        "an argument of another shape",
        () => scale.start([[up([1, 2]), up([1])]]),
        { code: "DEVICE_FAILED" },
        /LoadedExecutable_Execute/,
      ],
      [
        "an array that does not fill its shape",
        () => upload(client, { element: "int32", shape: [2, 2], bytes: new Uint8Array(15) }),
        { code: "INVALID_OPTION" },
        /^An array of int32 and shape \[2, 2\] has 16 bytes, got 15\.$/,
      ],
      [
        "memory that a CPU does not count",
        () => memoryInUse(plugin, client.devices[0]!),
        { code: "DEVICE_FAILED" },
        /UNIMPLEMENTED/,
      ],
      [
        "a result that is larger than all memory",
        () => compile(client, ones(2 ** 44)).then(async (program) => run(program)),
        { code: "DEVICE_MEMORY_FULL" },
        /^The device has too little memory: Out of memory allocating 70368744177664 bytes\. Lower batchSize/,
      ],
    ])("%s", async (_, act, expected, message) => {
      const error = await refused(act);
      expect(error).toMatchObject(expected);
      expect(error.message).toMatch(message);
      expect(error.message).not.toMatch(/\n/);
    });
  });
});
