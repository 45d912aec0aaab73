import fs from "node:fs";
import { promisify } from "node:util";

import { messageOf } from "../errors.ts";
import { hasDeepStack, koffi, memoryAt, pinLibrary, type Pointer } from "../foreign-functions.ts";
import { setLibraryLog } from "../library-log.ts";
import { deviceFailed } from "../messages/device.ts";
import { pluginNotLoaded, pluginOfOtherApi, stackTooSmall } from "../messages/libraries.ts";
import { type Field, type FunctionName, FUNCTIONS, OLDEST_API, STATUS, TABLE } from "./c-api.ts";
import { struct, textAt, type Word, wordsAt } from "./structs.ts";

/** Fields of a call, by their names; those that are left out are 0. */
type Given<Name extends FunctionName> = Readonly<Partial<Record<Field<Name>, Word>>>;
/** All fields after a call, with what the plugin wrote. */
type Written<Name extends FunctionName> = Readonly<Record<Field<Name>, bigint>>;

/** A PJRT plugin in this process: the functions of its C API. */
export interface DevicePlugin {
  readonly file: string;
  /** Version of the C API: "0.115". */
  readonly apiVersion: string;
  /**
   * Calls on this thread.
   *
   * @param alive what the fields point to.
   * @throws {EngineError} with what PJRT said.
   */
  call<Name extends FunctionName>(name: Name, given: Given<Name>, ...alive: unknown[]): Written<Name>;
  /** Calls on another thread. @throws as `call` */
  callLater<Name extends FunctionName>(
    name: Name,
    given: Given<Name>,
    ...alive: unknown[]
  ): Promise<Written<Name>>;
  /** Waits for an event on another thread, and frees it. @throws as `call`, what the event says. */
  finished(event: Pointer): Promise<void>;
  /** Waits for an event on this thread, and frees it. @throws as `finished` */
  finish(event: Pointer): void;
  /** Calls a function of the plugin that takes one pointer. */
  callPointer(function_: Pointer, argument: Pointer): void;
}

type NativeFunction = ((argument: BigUint64Array | Pointer) => Pointer | null) & {
  async: (argument: BigUint64Array, done: (error: Error | null, result: Pointer | null) => void) => void;
};

const CALL = koffi.proto("void* tssl_pjrt_call(void*)");
const opened = new Map<string, DevicePlugin>();

/**
 * Loads a plugin, once for each file. It stays until the process ends, as its threads do.
 *
 * @throws {EngineError} DEVICE_PLUGIN_BROKEN
 */
export function openPlugin(file: string): DevicePlugin {
  const known = opened.get(file);
  if (known !== undefined) return known;
  if (!hasDeepStack()) throw stackTooSmall();
  setLibraryLog("endings"); // What else it would print comes as an error.
  const plugin = load(file);
  plugin.call("Plugin_Initialize", {});
  opened.set(file, plugin);
  return plugin;
}

function load(file: string): DevicePlugin {
  if (!fs.existsSync(file)) throw pluginNotLoaded(file, "there is no such file");
  const refused = pinLibrary(file);
  if (refused !== undefined) throw pluginNotLoaded(file, refused);
  const library = koffi.load(file);
  const table = tableOf(file, library);
  const [major = 0, minor = 0] = new Int32Array(memoryAt(table + BigInt(TABLE.version), 8).slice().buffer);
  if (major !== 0 || minor < OLDEST_API) {
    throw pluginOfOtherApi(file, `${major}.${minor}`, `0.${OLDEST_API}`);
  }

  const functions = new Map<FunctionName, NativeFunction>();
  const functionOf = (name: FunctionName): NativeFunction => {
    let found = functions.get(name);
    if (found === undefined) {
      const place = table + BigInt(TABLE.functions + 8 * FUNCTIONS[name].place);
      found = koffi.decode(wordsAt(place, 1)[0]!, CALL) as NativeFunction;
      functions.set(name, found);
    }
    return found;
  };

  const check = (name: FunctionName, error: Pointer | null): void => {
    if (!error) return;
    const message = structOf("Error_Message", { error });
    functionOf("Error_Message")(message);
    const { message: text, messageSize } = fieldsOf("Error_Message", message);
    const code = structOf("Error_GetCode", { error });
    functionOf("Error_GetCode")(code);
    const status = STATUS[Number(fieldsOf("Error_GetCode", code).code)] ?? "UNKNOWN";
    const reason = textAt(text, messageSize);
    functionOf("Error_Destroy")(structOf("Error_Destroy", { error }));
    throw deviceFailed(name, status, reason);
  };

  /** What calls on other threads point to. */
  const inUse = new Set<unknown>();

  const plugin: DevicePlugin = {
    file,
    apiVersion: `${major}.${minor}`,
    call(name, given, ...alive) {
      const words = structOf(name, given);
      inUse.add(alive);
      try {
        check(name, functionOf(name)(words));
      } finally {
        inUse.delete(alive);
      }
      return fieldsOf(name, words);
    },
    async callLater(name, given, ...alive) {
      const words = structOf(name, given);
      const used = [words, alive];
      inUse.add(used);
      try {
        check(name, await promisify(functionOf(name).async)(words));
      } finally {
        inUse.delete(used);
      }
      return fieldsOf(name, words);
    },
    async finished(event) {
      if (event === 0n) return;
      try {
        await plugin.callLater("Event_Await", { event });
      } finally {
        plugin.call("Event_Destroy", { event });
      }
    },
    finish(event) {
      if (event === 0n) return;
      try {
        plugin.call("Event_Await", { event });
      } finally {
        plugin.call("Event_Destroy", { event });
      }
    },
    callPointer: (function_, argument) => void (koffi.decode(function_, CALL) as NativeFunction)(argument),
  };
  return plugin;
}

function tableOf(file: string, library: ReturnType<typeof koffi.load>): Pointer {
  try {
    return (library.func("void* GetPjrtApi()") as () => Pointer)();
  } catch (error) {
    throw pluginNotLoaded(file, messageOf(error));
  }
}

function structOf<Name extends FunctionName>(name: Name, given: Given<Name>): BigUint64Array {
  const fields: readonly string[] = FUNCTIONS[name].fields;
  return struct(fields.map((field) => (given as Readonly<Record<string, Word>>)[field] ?? 0));
}

function fieldsOf<Name extends FunctionName>(name: Name, words: BigUint64Array): Written<Name> {
  const fields: readonly string[] = FUNCTIONS[name].fields;
  return Object.fromEntries(fields.map((field, i) => [field, words[2 + i]!])) as Written<Name>;
}
