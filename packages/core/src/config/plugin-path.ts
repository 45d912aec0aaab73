/**
 * The path of a plugin's section as in `--set`: "plugins.clsa" by the plugin's own name, or "plugins.1" by
 * its place in the list where it is not known, or its name cannot be part of a path.
 */
export const pluginPath = (name: string | undefined, place: number): string =>
  `plugins.${name !== undefined && /^[\w-]+$/.test(name) ? name : place}`;

/**
 * A path with the name of a plugin instead of its place: "plugins.clsa.beta" for "plugins.1.beta" and
 * "plugins[1].beta". Other paths stay as they are.
 *
 * @param names the plugins' own, in the order of the config.
 */
export function namedPath(dotted: string, names: readonly string[]): string {
  const [section, place, ...rest] = dotted.replaceAll(/\[(\d+)\]/g, ".$1").split(".");
  if (section !== "plugins" || place === undefined || !/^\d+$/.test(place)) return dotted;
  return [pluginPath(names[Number(place)], Number(place)), ...rest].join(".");
}
