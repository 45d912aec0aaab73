/** An option that the configs do not agree in, with the value that each has; undefined where one lacks it. */
export interface ConfigDifference {
  /** "optimizer.lr"; in lists of things with `use`, their name: "plugins.clsa.beta". */
  readonly path: string;
  readonly values: readonly unknown[];
}

/** The options in which configs differ, in the order in which they come up. */
export function configDifferences(configs: readonly unknown[]): readonly ConfigDifference[] {
  const flat = configs.map((config) => new Map(leaves(config, "")));
  const paths = new Set(flat.flatMap((options) => [...options.keys()]));
  return [...paths]
    .map((path) => ({ path, values: flat.map((options) => options.get(path)) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
}

function leaves(value: unknown, at: string): readonly [string, unknown][] {
  if (typeof value !== "object" || value === null) return [[at, value]];
  if (Array.isArray(value) && !value.some((item) => hasUse(item))) return [[at, value]];
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((item: unknown, i) => [hasUse(item) ? item.use : String(i), item])
    : Object.entries(value);
  return entries.flatMap(([key, item]) => leaves(item, at === "" ? key : `${at}.${key}`));
}

const hasUse = (value: unknown): value is { readonly use: string } =>
  typeof value === "object" && value !== null && "use" in value && typeof value.use === "string";
