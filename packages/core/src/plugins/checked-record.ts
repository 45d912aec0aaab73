/**
 * A record that throws where a name is read that it does not have, instead of giving undefined.
 *
 * @param missing makes the error of a name.
 */
export const checkedRecord = <T>(
  record: Readonly<Record<string, T>>,
  missing: (name: string) => Error,
): Readonly<Record<string, T>> =>
  new Proxy(record, {
    get(target, name, receiver): unknown {
      if (typeof name === "string" && !(name in target) && !PROBED.has(name)) throw missing(name);
      return Reflect.get(target, name, receiver);
    },
  });

/** Names that JavaScript itself looks for. */
const PROBED: ReadonlySet<string> = new Set(["then", "toJSON"]);
