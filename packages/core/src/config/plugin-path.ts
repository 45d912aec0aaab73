/**
 * The path of a plugin's section as in `--set`: "plugins.clsa" by its name, or "plugins.1" by its place in
 * the list where `use` is a file or a package, whose names cannot be part of a path.
 */
export const pluginPath = (use: unknown, place: number): string =>
  `plugins.${typeof use === "string" && /^[\w-]+$/.test(use) ? use : place}`;
