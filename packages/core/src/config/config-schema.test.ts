import { describe, expect, it } from "vitest";

import { resnet18, resnet20 } from "../networks/resnet.ts";
import { adamw } from "../optimizers/adamw.ts";
import { sgd } from "../optimizers/sgd.ts";
import { definePlugin } from "../plugins/plugin.ts";
import { refusal } from "../testing/refusal.ts";
import { schemaRefusals } from "../testing/schema-refusals.ts";
import { configOptions } from "./config-options.ts";
import { configSchema } from "./config-schema.ts";
import { parseConfig } from "./parse-config.ts";
import type { Registry } from "./registry.ts";

interface ToyOptions {
  readonly queueSize?: number | null;
  readonly blur: [number, number];
}
const toy = definePlugin<ToyOptions>({
  name: "toy",
  options: {
    type: "object",
    additionalProperties: false,
    required: ["blur"],
    properties: {
      queueSize: { type: "integer", minimum: 1, nullable: true, default: null, description: "Rows." },
      blur: {
        type: "array",
        items: [{ type: "number" }, { type: "number", maximum: 1 }],
        minItems: 2,
        maxItems: 2,
        default: [1, 0],
      },
    },
  },
  setup: () => ({ step: () => ({ terms: {} }) }),
});
const registry: Registry = {
  plugins: { toy },
  encoders: { resnet18, resnet20 },
  optimizers: { sgd, adamw },
};
const smallest = {
  epochs: 2,
  batchSize: 8,
  data: { train: "images" },
  encoder: { use: "resnet20" },
  plugins: [{ use: "toy" }],
  optimizer: { use: "sgd", lr: 0.1 },
};

const refusedAt = schemaRefusals(configSchema(registry, ["toy/small"]));

describe("configSchema", () => {
  it.each<[string, object]>([
    ["the smallest config", {}],
    ["null where it may stand", { plugins: [{ use: "toy", queueSize: null }], engine: { threads: null } }],
    [
      "options of both halves of an optimizer",
      { optimizer: { use: "sgd", lr: 1, nesterov: true, factor: 1 } },
    ],
  ])("accepts what parseConfig accepts: %s", (_what, change) => {
    expect(() => parseConfig({ ...smallest, ...change }, registry, "config.yaml")).not.toThrow();
    expect(refusedAt({ ...smallest, ...change })).toEqual([]);
  });

  it.each<[string, object, string[]]>([
    ["an unknown option", { epoch: 3 }, [" additionalProperties"]],
    [
      "an unknown option of a plugin",
      { plugins: [{ use: "toy", q: 3 }] },
      ["/plugins/0 additionalProperties"],
    ],
    ["another optimizer's option", { optimizer: { use: "adamw", lr: 1, momentum: 0 } }, ["/optimizer additionalProperties"]], // prettier-ignore
    ["another encoder's option", { encoder: { use: "resnet20", stem: "cifar" } }, ["/encoder additionalProperties"]], // prettier-ignore
    ["a wrong type", { batchSize: "8" }, ["/batchSize type"]],
    ["a value out of range", { plugins: [{ use: "toy", blur: [0, 2] }] }, ["/plugins/0/blur/1 maximum"]],
    ["null where it may not stand", { seed: null }, ["/seed type"]],
    ["no learning rate", { optimizer: { use: "sgd" } }, ["/optimizer required"]],
    ["no images", { data: {} }, ["/data required"]],
    ["no plugins", { plugins: [] }, ["/plugins minItems"]],
    ["an unknown name", { encoder: { use: "resnet19" } }, ["/encoder/use enum", "/encoder/use pattern"]],
  ])("refuses what parseConfig refuses, at the same place: %s", async (_what, change, places) => {
    await refusal(() => parseConfig({ ...smallest, ...change }, registry, "config.yaml"));
    expect(refusedAt({ ...smallest, ...change })).toEqual(places);
  });

  it("requires nothing of a file that extends another", () => {
    expect(refusedAt({ extends: "toy/small", optimizer: { lr: 0.2 }, data: { workers: 2 } })).toEqual([]);
    expect(refusedAt({ extends: "./base.yaml", plugins: [{ queueSize: 3 }] })).toEqual([
      "/plugins/0 required",
      "/plugins/0 required",
    ]);
    const plugins = [{ replace: "toy", use: "toy", queueSize: 3 }, { remove: "clsa" }];
    expect(refusedAt({ extends: "./base.yaml", plugins })).toEqual([]);
    expect(refusedAt({ extends: "./base.yaml", plugins: [{ remove: "toy", queueSize: 3 }] })).toEqual([
      "/plugins/0 required",
      "/plugins/0 maxProperties",
    ]);
    expect(refusedAt({ extends: "toy/smal" })).toEqual(["/extends enum", "/extends pattern"]);
  });

  it("leaves the options of modules to them", () => {
    expect(
      refusedAt({ ...smallest, plugins: [{ use: "./own.ts", weight: 2 }, { use: "@me/term" }] }),
    ).toEqual([]);
  });

  it("says of each option what it is and what it is by default", () => {
    const { properties } = configSchema(registry, []) as {
      properties: { evaluation: { properties: { k: object } }; plugins: { items: { allOf: object[] } } };
    };
    expect(properties.evaluation.properties.k).toEqual({
      type: ["integer", "null"],
      minimum: 1,
      maximum: 1_000_000_000,
      default: null,
      description:
        "Neighbours that vote. Null: 200 (Wu et al. 2018, arXiv:1805.01978), or all labelled images where " +
        "there are fewer.",
    });
    expect(properties.plugins.items.allOf[0]).toMatchObject({
      then: { properties: { queueSize: { type: ["integer", "null"], default: null, description: "Rows." } } },
    });
  });
});

describe("configOptions", () => {
  const config = {
    ...smallest,
    plugins: [{ use: "toy", queueSize: 4 }, { use: { ...toy, name: "./own.ts" } }],
  };
  const options = configOptions(parseConfig(config, registry, "config.yaml"));
  const find = (name: string) => options.find((option) => option.name === name);

  it("names each option with its place, value and schema", () => {
    expect(find("plugins.toy.queueSize")).toMatchObject({
      path: ["plugins", "0", "queueSize"],
      value: 4,
      schema: { description: "Rows.", default: null },
    });
    expect(find("plugins.1.blur")?.value).toEqual([1, 0]);
    expect(find("data.train")?.value).toBe("images");
    expect(find("encoder.use")?.value).toBe("resnet20");
    expect(find("optimizer.lr")).toMatchObject({ value: 0.1, schema: { exclusiveMinimum: 0 } });
    expect(find("optimizer.nesterov")?.value).toBe(false);
  });

  it("has every value of the resolved config once", () => {
    const names = options.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toHaveLength(6 + 13 + 6 + 1 + 5 + 1 + 7 + 4 + 2 * 3 + 14);
  });
});
