import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { schemaRefusals } from "@tssl/core/testing";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { presetNames, presets } from "./presets.ts";
import { wholeSchema } from "./whole-schema.ts";

interface Schema {
  readonly description?: string;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly allOf?: readonly { readonly then: Schema }[];
}
const schema = JSON.parse(wholeSchema()) as Schema;
const refusedAt = schemaRefusals(schema);

const examples = fileURLToPath(new URL("../../../examples", import.meta.url));
const files = [
  fileURLToPath(new URL("../demo.yaml", import.meta.url)),
  ...readdirSync(examples, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => `${examples}/${name}`),
];

describe("the schema", () => {
  it.each(files)("accepts %s", async (file) => {
    expect(refusedAt(parse(await readFile(file, "utf8")))).toEqual([]);
  });

  it.each(presetNames)("accepts the preset %s with images", async (name) => {
    const preset = parse(await readFile(presets[name], "utf8")) as object;
    expect(refusedAt({ ...preset, data: { train: "./images" } })).toEqual([]);
    expect(refusedAt({ extends: name, data: { train: "./images" } })).toEqual([]);
  });

  it("knows the options of what is built in", () => {
    const of = (plugins: object[]) => refusedAt({ extends: "moco/cifar10", plugins });
    expect(of([{ use: "clsa", beta: 2, strongSizes: null }])).toEqual([]);
    expect(of([{ use: "clsa", betta: 2 }])).toEqual(["/plugins/0 additionalProperties"]);
    expect(of([{ use: "byol", solarize: [0, 2] }])).toEqual(["/plugins/0/solarize/1 maximum"]);
  });

  it("describes every option in a sentence, and has a default for each but those that a run must say", () => {
    const options = optionsOf(schema, "");
    const undescribed = options.filter(([, { description }]) => !/^.{10,}\.$/s.test(description ?? ""));
    expect(undescribed.map(([name]) => name)).toEqual([]);
    const withoutDefault = options.flatMap(([name, { default: value }]) =>
      value === undefined && !/(^|\.)(use|replace|remove|extends|\$schema)$/.test(name)
        ? [name.replace(/<\d>/, "")]
        : [],
    );
    expect([...new Set(withoutDefault)]).toEqual(["epochs", "batchSize", "data.train", "optimizer.lr"]);
  });
});

/**
 * Every option of a schema; alternatives by number. The `use` of each alternative is no option of its own.
 */
function optionsOf(section: Schema, at: string): readonly (readonly [name: string, option: Schema])[] {
  return Object.entries(section.properties ?? {}).flatMap(([name, inner]) => {
    const path = at === "" ? name : `${at}.${name}`;
    if ("const" in inner) return [];
    const choices = (inner.items ?? inner).allOf ?? [];
    if (choices.length > 0) {
      return choices.flatMap(({ then }, i) => optionsOf(then, `${path}<${i}>`));
    }
    return inner.properties === undefined ? [[path, inner] as const] : optionsOf(inner, path);
  });
}
