/** What a config chooses by `use`. */
export type DefinitionKind = "plugin" | "encoder" | "optimizer";

/** "a plugin", "an encoder" */
export const withArticle = (kind: DefinitionKind): string => (kind === "plugin" ? "a plugin" : `an ${kind}`);

/** The function that each kind of definition has. */
const MAKES = { plugin: "setup", encoder: "build", optimizer: "attach" } as const;

/** What a value defines; undefined where it is no plugin, encoder or optimizer. */
export function definedKind(value: unknown): DefinitionKind | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { name, options, ...rest } = value as Readonly<Record<string, unknown>>;
  if (typeof name !== "string" || name === "" || typeof options !== "object" || options === null)
    return undefined;
  const kinds = Object.keys(MAKES) as DefinitionKind[];
  return kinds.find((kind) => typeof rest[MAKES[kind]] === "function");
}
