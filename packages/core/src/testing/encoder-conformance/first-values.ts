import { createStateStore, type StateEntry } from "../../state/store.ts";
import { encoderFirstValuesVary, namesVary, seedChangesNothing } from "../encoder-messages.ts";
import { same } from "../conformance/differences.ts";
import type { EncoderRule } from "./encoder-check.ts";
import { build, type BuiltEncoder, type EncoderSubject, SEED } from "./subject.ts";

/** A network's values by name, without what stands before all of its names. */
type Values = ReadonlyMap<string, Pick<StateEntry, "role" | "trained"> & ReturnType<typeof contentOf>>;

const contentOf = ({ variable: { shape, dtype }, variable }: StateEntry) => ({
  shape,
  dtype,
  values: variable.dataSync<"float32">().slice(),
});

const valuesOf = ({ store }: BuiltEncoder, prefix: string): Values =>
  new Map(
    store.entries().flatMap((entry) => {
      const { name, role, trained } = entry;
      return name.startsWith(prefix)
        ? [[name.slice(prefix.length), { role, trained, ...contentOf(entry) }] as const]
        : [];
    }),
  );

/** The networks of a run stand in one store, each under a name of its own, which is part of what it draws. */
function twoNetworks(subject: EncoderSubject): readonly [Values, Values] {
  const store = createStateStore();
  try {
    const names = ["online.", "target."] as const;
    const [one, other] = names.map((prefix) => valuesOf(build(subject, { store, prefix }), prefix));
    return [one!, other!];
  } finally {
    store.dispose();
  }
}

function startOf(subject: EncoderSubject, seed: number): Values {
  const built = build(subject, { seed });
  try {
    return valuesOf(built, "");
  } finally {
    built.store.dispose();
  }
}

const kindOf = (values: Values, name: string): string => {
  const { role, trained, shape, dtype } = values.get(name) ?? {};
  return JSON.stringify({ role, trained, shape, dtype });
};

/** Names that one of two networks lacks, or has for something else. */
const differentKinds = (one: Values, other: Values): readonly string[] =>
  [...new Set([...one.keys(), ...other.keys()])].filter((name) => kindOf(one, name) !== kindOf(other, name));

const differentValues = (one: Values, other: Values): readonly string[] =>
  [...one].flatMap(([name, { values }]) => (same(values, other.get(name)!.values) ? [] : [name]));

export const firstValues: EncoderRule = {
  name: "firstValues",
  find(subject) {
    const { name } = subject.encoder;
    const kinds = differentKinds(...twoNetworks(subject));
    if (kinds.length > 0) return [namesVary(name, kinds)];
    const [one, again, other] = [SEED, SEED, SEED + 1].map((seed) => startOf(subject, seed)) as [
      Values,
      Values,
      Values,
    ];
    const varying = differentValues(one, again);
    if (varying.length > 0) return [encoderFirstValuesVary(name, varying)];
    const seeded = differentValues(one, other).length > 0;
    return seeded || subject.startsTrained ? [] : [seedChangesNothing(name)];
  },
};
