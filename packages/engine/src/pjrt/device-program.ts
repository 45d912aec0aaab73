import type { XlaFlags } from "./compile-options.ts";
import { deviceFlags, firstAccepted, isRefusal } from "./device-flags.ts";
import { cachedExecutable } from "./executable-cache.ts";
import type { Executable } from "./executable.ts";
import type { ProcessDevice } from "./process-client.ts";

/**
 * Compiles a program for a device so that it gives the same bits each time, in this process and in others.
 *
 * @param onRounding told why it does not, where XLA can compile it in no such way.
 * @throws {EngineError} STEP_NOT_COMPILED
 */
export async function deviceProgram(
  { client, driver, tuning }: ProcessDevice,
  { text, replicas }: { readonly text: string; readonly replicas: number },
  onRounding: (reason: string) => void,
): Promise<Executable> {
  const { repeatable, files } = deviceFlags(client.platform, client.plugin.file);
  const once = (flags: XlaFlags): Promise<Executable> =>
    cachedExecutable(
      client,
      text,
      { replicas, flags, files: { ...files, ...tuning?.flags() } },
      { dependsOn: [driver, tuning?.id] },
    );
  const compiled = async (flags: XlaFlags): Promise<Executable> => {
    const executable = await once(flags);
    tuning?.keep();
    return executable;
  };
  try {
    return await firstAccepted(repeatable, compiled);
  } catch (error) {
    if (!isRefusal(error) || client.platform === "cpu") throw error;
    tuning?.drop(); // It may be what XLA does not accept.
    const executable = await compiled({});
    onRounding(error.problem);
    return executable;
  }
}
