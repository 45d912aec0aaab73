import path from "node:path";

/**
 * The folder in which `npm run tssl -- …` was typed; undefined where another program started this one. npm
 * runs scripts in the folder of their package, whatever the folder of the shell, and names the latter in
 * INIT_CWD. pnpm and yarn do the same.
 *
 * @param environment that of a process. What such a script starts inherits it, which is told from the script
 * itself by its folder and by the text of the script.
 */
export function npmFolder(
  { INIT_CWD, npm_package_json: packageFile, npm_lifecycle_script: script = "" }: NodeJS.ProcessEnv,
  program: string,
  folder: string,
): string | undefined {
  if (INIT_CWD === undefined || packageFile === undefined || path.dirname(packageFile) !== folder)
    return undefined;
  return namesProgram(script, program, folder) ? INIT_CWD : undefined;
}

/** How this program was called: "npm run tssl --", "npx tssl" or "tssl", for commands that it proposes. */
export function typedCommand(
  { npm_lifecycle_event: event, npm_lifecycle_script: script = "" }: NodeJS.ProcessEnv = process.env,
  program = process.argv[1] ?? "",
  folder: string = STARTED_IN,
): string {
  if (event === undefined || !namesProgram(script, program, folder)) return "tssl";
  return event === "npx" ? "npx tssl" : `npm run ${event} --`;
}

/** Before the program goes to the folder that npm names. */
const STARTED_IN = process.cwd();

const namesProgram = (script: string, program: string, folder: string): boolean =>
  /(^|[\s/"])tssl(["\s]|$)/.test(script) || script.includes(path.relative(folder, program));
