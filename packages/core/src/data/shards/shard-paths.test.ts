import { writeFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";

import { describe, expect, it } from "vitest";

import { refusal } from "../../testing/refusal.ts";
import { temporaryFolder } from "../../testing/temporary-folder.ts";
import { shardPaths } from "./shard-paths.ts";

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

  it("takes lists and stars, sorted, hidden files left out", async () => {
    const inside = ["t-0.tar", "t-1.tar", "t-10.tar", ".t-2.tar", "t-3.txt", "more/t-4.tar", "mine/t-4.tar"];
    expect(await found(inside, "t-{10,0}.tar")).toEqual(["t-10.tar", "t-0.tar"]);
    expect(await found(inside, "t-*.tar")).toEqual(["t-0.tar", "t-1.tar", "t-10.tar"]);
    expect(await found(inside, "*.tar")).toEqual(["t-0.tar", "t-1.tar", "t-10.tar"]);
    expect(await found(inside, "m*/t-4.tar")).toEqual(["mine/t-4.tar", "more/t-4.tar"]);
    expect(await found(inside, "m*/t-{4,5}.tar")).toEqual(["mine/t-4.tar", "more/t-4.tar"]);
    expect(await found(inside, "{t-1,t-*}.tar")).toEqual(["t-1.tar", "t-0.tar", "t-10.tar"]);
    expect(await refusal(() => found(inside, "x-*.tar"))).toMatch(/^INVALID_DATA: No .tar file matches .*x-/);
    expect(await refusal(() => found(inside, "t-*"))).toMatch(/^INVALID_DATA: No .tar file matches .*t-/);
  });

  it("refuses compressed archives by their mark, else by their name", async () => {
    const folder = await temporaryFolder({ "x.tar": "", "more/y.tar": "", "more/z.tar.zst": "" });
    const compressed = path.join(folder.path, "x.tar.gz");
    writeFileSync(compressed, gzipSync("x"));
    expect(await refusal(() => shardPaths(compressed))).toBe(
      `INVALID_DATA: ${compressed} is not a tar archive: byte 0 has gzip's mark 1f 8b: decompress it.`,
    );
    for (const source of ["x-{0..3}.tar.gz", "more"]) {
      expect(await refusal(() => shardPaths(path.join(folder.path, source)))).toContain(
        "is compressed, as its name says",
      );
    }
    await folder.remove();
  });
});

describe("addresses of shards", () => {
  it("keep their query", async () => {
    expect(await shardPaths("https://h/t-{0..1}.tar?token=a{1,2}")).toEqual([
      "https://h/t-0.tar?token=a{1,2}",
      "https://h/t-1.tar?token=a{1,2}",
    ]);
  });

  it.each([
    ["https://user:s3cret@h/t.tar", "https://…@h/t.tar holds a password"],
    ["https://h/t.tar?token=…", "https://h/t.tar?token=… is an address whose secrets were not kept"],
    ["https://h/t-*.tar?t=s3cret", "https://h/t-*.tar?t=…: * needs a list of files"],
    ["https://h/t.tar.gz?t=s3cret", "https://h/t.tar.gz?t=… is compressed, as its name says"],
    ["https://h/t?t=s3cret.tar", "https://h/t?t=… must be a .tar file"],
  ])("%s is refused", async (source, sentence) => {
    const refused = await refusal(() => shardPaths(source));
    expect(refused).toContain(sentence);
    expect(refused).not.toContain("s3cret");
  });
});
