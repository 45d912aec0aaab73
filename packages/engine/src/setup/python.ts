import { EngineError } from "../errors.ts";
import { runProgram } from "./run-program.ts";

/** The oldest pip that takes `--platform` for wheels named after a glibc version. */
const OLDEST_PIP = [20, 3] as const;

/** Finds a Python 3 with pip. Its version need not be the wheel's: it only downloads. */
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
  throw new EngineError(
    "PYTHON_MISSING",
    `Python 3 with pip is needed to download TensorFlow, but ${candidates.join(" and ")} did not answer: ` +
      `install it (Debian, Ubuntu: apt install python3 python3-pip), or set TSSL_PYTHON to its path.`,
  );
}

async function requirePip(python: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { exitCode, output } = await runProgram(python, ["-m", "pip", "--version"], env);
  const [, major, minor] = /pip (\d+)\.(\d+)/.exec(output) ?? [];
  const isOld =
    Number(major) < OLDEST_PIP[0] || (Number(major) === OLDEST_PIP[0] && Number(minor) < OLDEST_PIP[1]);
  if (exitCode === 0 && !isOld) return;
  throw new EngineError(
    "PIP_MISSING",
    `${python} must have pip ${OLDEST_PIP.join(".")} or later, ` +
      `${exitCode === 0 ? `but has pip ${major}.${minor}` : "but has no pip"}: ` +
      `install it (Debian, Ubuntu: apt install python3-pip), or set TSSL_PYTHON to a Python that has it.`,
  );
}
