import path from "node:path";

import { describe, expect, it } from "vitest";

import { refusedWith } from "../../testing/refusal.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { expandRanges, shardPaths } from "./shard-paths.ts";

describe("expandRanges", () => {
  it.each([
    ["train.tar", ["train.tar"]],
    ["t-{08..11}.tar", ["t-08.tar", "t-09.tar", "t-10.tar", "t-11.tar"]],
    ["t-{8..11}.tar", ["t-8.tar", "t-9.tar", "t-10.tar", "t-11.tar"]],
    ["t-{0..0}.tar", ["t-0.tar"]],
    ["t-{000..2}.tar", ["t-000.tar", "t-001.tar", "t-002.tar"]],
    ["{0..1}/t-{5..6}.tar", ["0/t-5.tar", "0/t-6.tar", "1/t-5.tar", "1/t-6.tar"]],
    ["{a..b}.tar", ["{a..b}.tar"]],
  ])("%s", (pattern, paths) => {
    expect(expandRanges(pattern)).toEqual(paths);
  });

  it.each([
    ["t-{3..1}.tar", "{3..1}"],
    ["t-{0..99999999}.tar", "{0..99999999}"],
  ])("refuses %s", async (pattern, range) => {
    expect(await refusedWith(() => expandRanges(pattern))).toEqual({
      code: "INVALID_DATA",
      data: { pattern, range },
    });
  });
});

describe("shardPaths", () => {
  const found = async (inside: readonly string[], source = ".") => {
    const folder = await temporaryFolder(Object.fromEntries(inside.map((name) => [name, ""])));
    const paths = await shardPaths(path.join(folder.path, source));
    await folder.remove();
    return paths?.map((each) => path.relative(folder.path, each));
  };

  it("takes a folder of .tar files, sorted by name, whatever else lies beside them", async () => {
    expect(await found(["t-1.tar", "t-10.tar", "t-0.tar", "classes.json", "README.md"])).toEqual([
      "t-0.tar",
      "t-1.tar",
      "t-10.tar",
    ]);
  });

  it("leaves a folder with images or folders in it to those", async () => {
    expect(await found(["t.tar", "a.jpg"])).toBe(undefined);
    expect(await found(["t.tar", "cat/a.jpg"])).toBe(undefined);
    expect(await found(["a.jpg"])).toBe(undefined);
  });

  it("takes a file as it is called, also with braces in its name", async () => {
    expect(await found(["t.tar"], "t.tar")).toEqual(["t.tar"]);
    expect(await found(["t-{0..1}.tar"], "t-{0..1}.tar")).toEqual(["t-{0..1}.tar"]);
    expect(await found(["t-0.tar"], "t-{0..1}.tar")).toEqual(["t-0.tar", "t-1.tar"]);
    expect(await found(["t.zip"], "t.zip")).toBe(undefined);
  });
});
