import { wrongArgumentCount, wrongDeviceCount } from "../messages/programs.ts";
import { type DeviceBuffer, deviceBuffer } from "./buffers.ts";
import { type DeviceClient, destroyBy } from "./client.ts";
import { type CompileOptions, encodeCompileOptions } from "./compile-options.ts";
import { type Compiled, compiled } from "./compiled.ts";
import { addressOf, programStruct, struct } from "./structs.ts";

/** A program that has been started. */
export interface Execution {
  /**
   * Results for each device. They may be handed to the next call, and downloaded, before they are computed.
   * The caller frees them.
   */
  readonly results: readonly (readonly DeviceBuffer[])[];
  /** Ends when all is computed. @throws {EngineError} DEVICE_FAILED, DEVICE_MEMORY_FULL */
  readonly done: Promise<void>;
}

/** A program that is compiled for the devices of a client. */
export interface Executable extends Compiled {
  readonly deviceCount: number;
  readonly resultCount: number;
  /**
   * Starts the program, on another thread. An argument that the program takes over (`tf.aliasing_output` in
   * its text) holds no value any more, and cannot be used again; it is still to be freed.
   *
   * @param given arguments for each device.
   * @throws {EngineError} INVALID_OPTION, DEVICE_FAILED, DEVICE_MEMORY_FULL
   */
  start(given: readonly (readonly DeviceBuffer[])[]): Promise<Execution>;
}

/**
 * Compiles a program in StableHLO's text, on another thread.
 *
 * @throws {EngineError} STEP_NOT_COMPILED
 */
export async function compile(
  client: DeviceClient,
  text: string,
  options: CompileOptions = {},
): Promise<Executable> {
  const program = programStruct(text);
  const encoded = encodeCompileOptions(options);
  const { executable } = await client.during(
    client.plugin.callLater(
      "Client_Compile",
      {
        client: client.handle.pointer,
        program: program.pointer,
        options: addressOf(encoded),
        optionsSize: encoded.length,
      },
      program.alive,
      encoded,
    ),
  );
  return loaded(client, executable);
}

/**
 * Makes an executable of what `serialize` gave, by the same plugin for the same kind of device.
 *
 * @throws {EngineError} DEVICE_FAILED for any other bytes.
 */
export async function loadExecutable(client: DeviceClient, serialized: Uint8Array): Promise<Executable> {
  const { executable } = await client.during(
    client.plugin.callLater(
      "Executable_DeserializeAndLoad",
      { client: client.handle.pointer, bytes: addressOf(serialized), size: serialized.length },
      serialized,
    ),
  );
  return loaded(client, executable);
}

function loaded(client: DeviceClient, pointer: bigint): Executable {
  const { plugin } = client;
  const handle = client.own(
    pointer,
    "executable",
    destroyBy(plugin, "LoadedExecutable_Destroy", "executable"),
  );
  const { executable } = plugin.call("LoadedExecutable_GetExecutable", { loaded: pointer });
  const program = client.own(executable, "executable", destroyBy(plugin, "Executable_Destroy", "executable"));
  const deviceCount = Number(
    plugin.call("LoadedExecutable_AddressableDevices", { executable: pointer }).deviceCount,
  );
  const resultCount = Number(plugin.call("Executable_NumOutputs", { executable }).count);

  const execute = async (given: readonly (readonly DeviceBuffer[])[]): Promise<Execution> => {
    const [first = []] = given;
    if (given.length !== deviceCount) throw wrongDeviceCount(deviceCount, given.length);
    for (const { length } of given) {
      if (length !== first.length) throw wrongArgumentCount(first.length, length);
    }
    const held = [handle.hold()];
    try {
      for (const buffer of given.flat()) held.push(buffer.handle.hold());
      const lists = given.map((buffers) => BigUint64Array.from(buffers, (buffer) => buffer.handle.pointer));
      const results = given.map(() => new BigUint64Array(resultCount));
      const done = new BigUint64Array(deviceCount);
      const [argumentLists, resultLists] = [pointersTo(lists), pointersTo(results)];
      const options = struct(Array<number>(EXECUTE_OPTIONS).fill(0));
      await plugin.callLater(
        "LoadedExecutable_Execute",
        {
          executable: handle.pointer,
          options: addressOf(options),
          arguments: addressOf(argumentLists),
          deviceCount,
          argumentCount: first.length,
          results: addressOf(resultLists),
          done: addressOf(done),
        },
        [lists, results, argumentLists, resultLists, options, done],
      );
      return {
        results: results.map((each) => Array.from(each, (result) => deviceBuffer(client, result))),
        done: allDone(done),
      };
    } finally {
      for (const release of held) release();
    }
  };

  const allDone = (events: BigUint64Array): Promise<void> => {
    const done = client.during(
      Promise.all(Array.from(events, (event) => plugin.finished(event))).then(() => undefined),
    );
    done.catch(() => undefined); // Who does not wait for it learns of a failure from the results.
    return done;
  };

  return {
    ...compiled(plugin, program),
    deviceCount,
    resultCount,
    start: (given) => client.during(execute(given)),
    free() {
      program.free();
      handle.free();
    },
  };
}

/** Fields of PJRT_ExecuteOptions after its head; all are 0: no callbacks, no exceptions from donation. */
const EXECUTE_OPTIONS = 12;

const pointersTo = (arrays: readonly BigUint64Array[]): BigUint64Array =>
  BigUint64Array.from(arrays, addressOf);
