import path from "node:path";

/**
 * The folder in which `npm run tssl -- …` was typed; undefined where another program started this one. npm runs
 * scripts in the folder of their package, whatever the folder of the shell, and names the latter in INIT_CWD.
 * pnpm and yarn do the same.
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
  const names = /(^|[\s/])tssl(\s|$)/.test(script) || script.includes(path.relative(folder, program));
  return names ? INIT_CWD : undefined;
}
