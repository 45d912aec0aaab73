import { destroyBy } from "./client.ts";
import { type CompileOptions, encodeCompileOptions } from "./compile-options.ts";
import { type Compiled, compiled } from "./compiled.ts";
import { owned } from "./owned.ts";
import type { DevicePlugin } from "./plugin.ts";
import { addressOf, bytesOfText, type NamedValue, namedValues, programStruct } from "./structs.ts";

/** Devices that are not here, as a plugin describes them. */
export interface Topology {
  /** "cuda" */
  readonly platform: string;
  /** Of CUDA: `target_config`, a card as text proto, and `topology`, such as "1x1x2" for two cards. */
  readonly options: Readonly<Record<string, NamedValue>>;
}

/**
 * Compiles a program for devices that need not be here.
 *
 * @throws {EngineError} STEP_NOT_COMPILED; DEVICE_FAILED if the plugin does not know such devices.
 */
export async function compileFor(
  plugin: DevicePlugin,
  { platform, options: described }: Topology,
  text: string,
  options: CompileOptions = {},
): Promise<Compiled> {
  const [name, named] = [bytesOfText(platform), namedValues(described)];
  const { topology } = plugin.call(
    "TopologyDescription_Create",
    { name: addressOf(name), nameSize: name.length, options: named.pointer, optionCount: named.count },
    [name, named.alive],
  );
  try {
    const program = programStruct(text);
    const encoded = encodeCompileOptions(options);
    const { executable } = await plugin.callLater(
      "Compile",
      { topology, program: program.pointer, options: addressOf(encoded), optionsSize: encoded.length },
      program.alive,
      encoded,
    );
    return compiled(
      plugin,
      owned(executable, "executable", destroyBy(plugin, "Executable_Destroy", "executable")),
    );
  } finally {
    plugin.call("TopologyDescription_Destroy", { topology });
  }
}
