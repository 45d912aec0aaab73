import { liesIn } from "../state/lies-in.ts";

/** One thing that is not as it was. */
export interface Difference {
  /** As in a config file: "optimizer.lr", "plugins[0].queueSize". */
  readonly path: string;
  /** "was 0.06, is 0.03" */
  readonly text: string;
}

type Section = Readonly<Record<string, unknown>>;

/** Every value that differs between two configs, or two parts of them, in the order of the second. */
export function differences(before: unknown, after: unknown, path = ""): readonly Difference[] {
  if (isSection(before) && isSection(after) && before["use"] === after["use"]) {
    const names = new Set([...Object.keys(after), ...Object.keys(before)]);
    return [...names].flatMap((name) =>
      differences(before[name], after[name], path === "" ? name : `${path}.${name}`),
    );
  }
  if (isListOfSections(before) && isListOfSections(after)) {
    return Array.from({ length: Math.max(before.length, after.length) }, (_, i) =>
      differences(before[i], after[i], `${path}[${i}]`),
    ).flat();
  }
  const [was, is] = [shown(before), shown(after)];
  return was === is ? [] : [{ path, text: `was ${was}, is ${is}` }];
}

/**
 * Whether a path, or a section that it lies in, is among those named.
 *
 * @param named as in `--set`: "plugins.0.queueSize", "plugins[0].queueSize" or "plugins".
 */
export function isNamed(path: string, named: readonly string[]): boolean {
  const dotted = (text: string) => text.replaceAll(/\[(\d+)\]/g, ".$1");
  return named.some((name) => liesIn(dotted(path), dotted(name)));
}

const isSection = (value: unknown): value is Section =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isListOfSections = (value: unknown): value is readonly Section[] =>
  Array.isArray(value) && value.every(isSection);

const shown = (value: unknown): string => (value === undefined ? "absent" : JSON.stringify(value));
