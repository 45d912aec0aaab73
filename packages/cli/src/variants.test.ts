import { describe, expect, it } from "vitest";

import { baselineOf, variantsOf } from "./variants.ts";

describe("variantsOf", () => {
  it("makes one of each config file", () => {
    expect(variantsOf(["runs/a.yaml", "b c.ts"], [], ["epochs=2"])).toEqual([
      { name: "a", folder: "a", config: "runs/a.yaml", overrides: ["epochs=2"] },
      { name: "b c", folder: "b-c", config: "b c.ts", overrides: ["epochs=2"] },
    ]);
  });

  it("makes one of each value, read as YAML", () => {
    const overrides = (vary: string) =>
      variantsOf(["a.yaml"], [vary], []).map((variant) => variant.overrides[0]);
    expect(overrides("plugins.clsa.beta=0,0.5,1e1")).toEqual([
      "plugins.clsa.beta=0",
      "plugins.clsa.beta=0.5",
      "plugins.clsa.beta=10",
    ]);
    expect(overrides("encoder.use=resnet18, ./my-encoder.ts")).toEqual([
      `encoder.use="resnet18"`,
      `encoder.use="./my-encoder.ts"`,
    ]);
    expect(overrides("encoder.widths=[4, 8],null")).toEqual(["encoder.widths=[4,8]", "encoder.widths=null"]);
  });

  it("makes every combination of several, the last changing fastest", () => {
    const variants = variantsOf(["a.yaml"], ["plugins.clsa.beta=0,1", "optimizer.lr=0.1,0.2"], ["epochs=2"]);
    expect(variants.map(({ name }) => name)).toEqual([
      "clsa.beta=0, optimizer.lr=0.1",
      "clsa.beta=0, optimizer.lr=0.2",
      "clsa.beta=1, optimizer.lr=0.1",
      "clsa.beta=1, optimizer.lr=0.2",
    ]);
    expect(variants[1]).toMatchObject({
      folder: "clsa.beta=0-optimizer.lr=0.2",
      overrides: ["epochs=2", "plugins.clsa.beta=0", "optimizer.lr=0.2"],
      varied: [
        { option: "clsa.beta", value: 0 },
        { option: "optimizer.lr", value: 0.2 },
      ],
    });
  });

  it("gives each variant a folder of its own within that of the comparison", () => {
    const folders = (configs: string[], vary: string[] = []) =>
      variantsOf(configs, vary, []).map(({ folder }) => folder);
    expect(folders(["...yaml", "x/../..yaml", "c d.yaml"])).toEqual([
      expect.stringMatching(/^--[0-9a-f]{8}$/),
      expect.stringMatching(/^--[0-9a-f]{8}$/),
      "c-d",
    ]);
    const [first, second] = folders(["a.yaml"], [`name=${"x".repeat(400)},${"x".repeat(401)}`]);
    expect(first).toMatch(/^name=x{195}-[0-9a-f]{8}$/);
    expect(second).not.toBe(first);
  });

  it.each<[configs: string[], vary: string[], data: object]>([
    [["a.yaml"], ["beta"], { option: "--vary", got: "beta" }],
    [["a.yaml"], ["beta=1"], { option: "--vary", got: "beta=1" }],
    [["a.yaml"], ["beta=[1,2"], { option: "--vary", got: "beta=[1,2" }],
    [["a.yaml", "b.yaml"], ["beta=0,1"], { option: "--vary", configs: ["a.yaml", "b.yaml"] }],
    [["a.yaml"], [], {}],
    [["x/a.yaml", "y/a.json"], [], { name: "a", configs: ["x/a.yaml", "y/a.json"] }],
  ])("refuses %j with --vary %j", (configs, vary, data) => {
    expect(() => variantsOf(configs, vary, [])).toThrow(expect.objectContaining({ code: "USAGE", data }));
  });
});

describe("baselineOf", () => {
  const sweep = variantsOf(["a.yaml"], ["optimizer.lr=0.1,0.2"], []);
  const grid = variantsOf(["a.yaml"], ["optimizer.lr=0.1,0.2", "encoder.use=resnet18,resnet20"], []);

  it("is the first variant, or the one of that name, or of that value in a sweep", () => {
    expect(baselineOf(sweep, undefined)).toBe(sweep[0]);
    expect(baselineOf(sweep, "0.2")).toBe(sweep[1]);
    expect(baselineOf(sweep, "optimizer.lr=0.2")).toBe(sweep[1]);
    expect(baselineOf(grid, "optimizer.lr=0.2, encoder.use=resnet18")).toBe(grid[2]);
  });

  it("refuses what is no variant", () => {
    expect(() => baselineOf(sweep, "0.3")).toThrow(
      '--baseline must be one of 0.1, optimizer.lr=0.1, 0.2, optimizer.lr=0.2, got "0.3".',
    );
    expect(() => baselineOf(grid, "0.2")).toThrow("--baseline must be one of ");
  });
});
