import { EngineError } from "../errors.ts";
import { runProgram } from "./run-program.ts";

/** The C++ compiler and its first parameters: CXX, which may hold both, else the usual names. */
export async function findCompiler(env: NodeJS.ProcessEnv = process.env): Promise<readonly string[]> {
  const candidates = env["CXX"] ? [env["CXX"].trim().split(/\s+/)] : [["g++"], ["c++"], ["clang++"]];
  for (const candidate of candidates) {
    const [program, ...parameters] = candidate;
    const { exitCode } = await runProgram(program!, [...parameters, "--version"], env);
    if (exitCode === 0) return candidate;
  }
  throw new EngineError(
    "COMPILER_MISSING",
    `A C++ compiler is needed to build TensorFlow's addon for Node, but ${candidates.map((words) => words[0]).join(", ")} did not answer: ` +
      `install one (Debian, Ubuntu: apt install g++), or set CXX to its path.`,
  );
}
