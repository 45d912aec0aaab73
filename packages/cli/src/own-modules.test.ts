import { writeFileSync } from "node:fs";
import path from "node:path";

import { expect, it } from "vitest";

import { sourcedOptions } from "./config-sources.ts";
import { folderOf } from "./folder-of.test.data.ts";
import { definitionNotKept, noDefinition } from "./messages/config.ts";
import { setBy } from "./overrides.ts";
import { readLayeredConfig } from "./read-run-config.ts";
import { unnamedIn, withModules } from "./registry.ts";

/** A loss term in a module without imports: `name` and one option. */
const term = (name: string) => `export default {
  name: "${name}", contract: 2, version: 1,
  options: { type: "object", additionalProperties: false, required: [], properties: { weight: { type: "number", default: 2 } } },
  setup: () => ({ step: () => ({ terms: {} }) }),
};
`;
const CONFIG = `extends: moco/cifar10
data: { train: ./images }
plugins: [{ use: ./length.ts }, { use: tssl-spread }, { use: "@ada/tssl-flat" }]
`;
const packageOf = (name: string) => ({
  [`node_modules/${name}/package.json`]: '{ "type": "module", "exports": "./index.js" }',
  [`node_modules/${name}/index.js`]: term(name.split("-").at(-1)!),
});
const project = (config: string) =>
  path.join(
    folderOf({
      "config.yaml": config,
      "length.ts": term("length"),
      ...packageOf("tssl-spread"),
      ...packageOf("@ada/tssl-flat"),
    }),
    "config.yaml",
  );

it("plugins of files and packages are set and explained by their own names", async () => {
  const set = ["plugins.length.weight=3", "plugins.spread.weight=4", "plugins.flat.weight=5"].map(setBy);
  const layered = await readLayeredConfig(project(CONFIG), set);
  const weights = sourcedOptions(layered).filter(({ name }) => name.endsWith(".weight"));
  expect(weights.map(({ name, value, source }) => [name, value, source])).toEqual(
    ["length", "spread", "flat"].map((name, i) => [
      `plugins.${name}.weight`,
      i + 3,
      { kind: "override", ...set[i] },
    ]),
  );
});

it("a name that none of them has is refused with the names that they have", async () => {
  await expect(readLayeredConfig(project(CONFIG), [setBy("plugins.lenght.weight=3")])).rejects.toMatchObject({
    data: { item: "lenght", items: ["moco", "length", "spread", "flat"] },
  });
});

it("problems have the place of a plugin in the file that lists it, or on the command line", async () => {
  const wrong = CONFIG.replace("tssl-spread", "spreadd");
  const problemsOf = async (set: readonly string[]): Promise<readonly string[]> => {
    const refused: unknown = await readLayeredConfig(project(wrong), set.map(setBy)).catch(
      (error: unknown) => error,
    );
    const { problems } = (refused as { readonly data: { readonly problems: readonly { path: string }[] } })
      .data;
    return problems.map(({ path: place }) => place);
  };
  expect(await problemsOf([])).toEqual(["plugins.1.use"]);
  expect(await problemsOf(["plugins[2].use=spreed"])).toEqual(["plugins.2.use"]);
});

it("a module that exports something else is refused", async () => {
  const config = project(CONFIG.replace("./length.ts", "./other.ts"));
  writeFileSync(path.join(path.dirname(config), "other.ts"), "export default { epochs: 3 };\n");
  await expect(readLayeredConfig(config, [])).rejects.toMatchObject({
    code: "INVALID_CONFIG",
    data: { reason: noDefinition().message },
  });
});

it("says what a run folder cannot lead to: a definition that stood in the config itself", async () => {
  const named = { plugins: [{ use: "moco" }, { use: "./own.ts" }], encoder: { use: "resnet18" } };
  expect(unnamedIn(named)).toBeUndefined();
  const encoder = { use: "mine" };
  expect(unnamedIn({ ...named, encoder })).toEqual({ kind: "encoder", name: "mine" });
  const raw = { plugins: [{ use: "moco" }, { use: "mine" }] };
  await expect(withModules(raw, "runs/a", { config: "run", given: false })).rejects.toThrow(
    definitionNotKept("plugin", "mine", "runs/a").message,
  );
  await expect(withModules(raw, ".", { config: "own", given: false })).resolves.toMatchObject({ raw });
});
