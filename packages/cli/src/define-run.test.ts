import { resnet20, sgd } from "@tssl/core/run";
import { clsa } from "@tssl/plugin-clsa";
import { expect, expectTypeOf, test } from "vitest";

import { defineRun } from "./define-run.ts";
import { builtIn } from "./registry.ts";

test("a run of names and of values is returned as it is", () => {
  const run = defineRun({
    extends: "moco/cifar10",
    data: { train: "./images" },
    encoder: { use: resnet20, widths: [4, 4, 8] },
    plugins: [
      { use: clsa, beta: 2 },
      { use: "./own-term.ts", anything: 1 },
    ],
  });
  expect(run.plugins?.[0].use).toBe(clsa);
  expect(run.encoder).toEqual({ use: resnet20, widths: [4, 4, 8] });
  expect(run).toMatchObject({
    extends: "moco/cifar10",
    data: { train: "./images" },
    plugins: [{ beta: 2 }, { use: "./own-term.ts", anything: 1 }],
  });
});

test("a plugin of the preset is replaced or removed", () => {
  const plugins = [
    { replace: "simclr", use: "./barlow-twins.ts", lambda: 0.005 },
    { replace: "moco", use: clsa, beta: 2 },
    { remove: "clsa" },
  ] as const;
  const run = defineRun({ extends: "simclr/imagenet", plugins });
  expect(run.plugins).toEqual(plugins);
  // @ts-expect-error a plugin that there is none of
  defineRun({ plugins: [{ remove: "clas" }] });
});

test("options have the types of what `use` names", () => {
  const { plugins, encoder, optimizer } = defineRun({
    encoder: { use: "resnet18", stem: "cifar" },
    plugins: [
      { use: "moco", dim: 64 },
      { use: clsa, beta: 2 },
    ],
    optimizer: { use: sgd, lr: 0.1 },
  });
  expectTypeOf(plugins![0].head).toEqualTypeOf<"mlp" | "linear" | undefined>();
  expectTypeOf(plugins![1].beta).toEqualTypeOf<number | undefined>();
  expectTypeOf(encoder!.stem).toEqualTypeOf<"imagenet" | "cifar" | undefined>();
  expectTypeOf(optimizer!.nesterov).toEqualTypeOf<boolean | undefined>();
  expectTypeOf(optimizer!.schedule).toEqualTypeOf<"cosine" | "constant" | "steps" | undefined>();
});

test("mistakes do not compile", () => {
  // @ts-expect-error an option of the run that there is none of
  defineRun({ epohs: 3 });
  // @ts-expect-error an option of a section that there is none of
  defineRun({ data: { trian: "./images" } });
  // @ts-expect-error a value that is not among the allowed ones
  defineRun({ engine: { device: "cuda" } });
  // @ts-expect-error a plugin that there is none of
  defineRun({ plugins: [{ use: "mocco" }] });
  // @ts-expect-error an option that moco does not have
  defineRun({ plugins: [{ use: "moco", dimm: 64 }] });
  // @ts-expect-error text for a number
  defineRun({ plugins: [{ use: "moco", dim: "64" }] });
  // @ts-expect-error an option that the plugin itself does not have
  defineRun({ plugins: [{ use: clsa, betta: 2 }] });
  // @ts-expect-error text for a number, of the plugin itself
  defineRun({ plugins: [{ use: clsa, beta: "2" }] });
  // @ts-expect-error another encoder's option
  defineRun({ encoder: { use: "resnet20", stem: "cifar" } });
  // @ts-expect-error another optimizer's option
  defineRun({ optimizer: { use: "sgd", beta1: 0.9 } });
  // @ts-expect-error a preset that there is none of
  defineRun({ extends: "moco/cifar" });
});

test("what is built in stands under its own name", () => {
  const kinds: readonly Readonly<Record<string, { readonly name: string }>>[] = Object.values(builtIn);
  for (const definitions of kinds) {
    expect(Object.values(definitions).map(({ name }) => name)).toEqual(Object.keys(definitions));
  }
});
