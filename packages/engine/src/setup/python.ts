import { pipMissing, pythonMissing } from "../messages/downloads.ts";
import { runProgram } from "./run-program.ts";

/** Oldest pip whose `--platform` accepts wheels named after a glibc version. */
const OLDEST_PIP = [20, 3] as const;

/** Finds a Python 3 with pip. It only downloads, and may have another version than the wheels. */
export async function findPython(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const candidates = env["TSSL_PYTHON"] ? [env["TSSL_PYTHON"]] : ["python3", "python"];
  for (const python of candidates) {
    const { exitCode, output } = await runProgram(
      python,
      ["-c", "import sys; print(sys.version_info[0])"],
      env,
    );
    if (exitCode !== 0 || output.trim() !== "3") continue;
    await requirePip(python, env);
    return python;
  }
  throw pythonMissing(candidates);
}

async function requirePip(python: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { exitCode, output } = await runProgram(python, ["-m", "pip", "--version"], env);
  const [, major, minor] = /pip (\d+)\.(\d+)/.exec(output) ?? [];
  const isOld =
    Number(major) < OLDEST_PIP[0] || (Number(major) === OLDEST_PIP[0] && Number(minor) < OLDEST_PIP[1]);
  if (exitCode === 0 && !isOld) return;
  throw pipMissing(python, OLDEST_PIP.join("."), exitCode === 0 ? `${major}.${minor}` : undefined);
}
