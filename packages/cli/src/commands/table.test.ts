import { type MeasuredRow, readTable } from "@tssl/report";
import { describe, expect, it } from "vitest";

import { runCommand } from "../command-in-process.test.data.ts";
import { reproduceRow, type Reproduction } from "../reproduce-row.ts";
import { rowText, tableText } from "../table-text.ts";
import { rowToReproduce } from "./reproduce.ts";

const rows = await readTable();
const instdisc = rows.find(({ id }) => id === "instdisc")!;

describe("tssl table", () => {
  it("shows the rows, or one with its receipts", async () => {
    expect(await runCommand("table")).toEqual({ code: 0, out: tableText(rows), err: "" });
    expect(await runCommand("table", "instdisc")).toEqual({ code: 0, out: rowText(instdisc), err: "" });
    const { out } = await runCommand("table", "instdisc", "--json");
    expect(JSON.parse(out)).toEqual(instdisc);
  });

  it("names the rows where there is none of a name", async () => {
    const { code, err } = await runCommand("table", "instdist");
    expect(code).toBe(2);
    expect(err).toContain(
      'The table has no row "instdist". Did you mean "instdisc"? Rows: instdisc, localagg,',
    );
  });
});

describe("tssl reproduce", () => {
  it("says where nothing was measured", () => {
    const unmeasured: MeasuredRow = { ...instdisc, id: "new", system: "New", receipts: {} };
    expect(rowToReproduce([unmeasured, instdisc], "instdisc")).toBe(instdisc);
    expect(() => rowToReproduce([unmeasured, instdisc], "new")).toThrow(
      "Nothing was measured of New yet, so there is nothing to reproduce.",
    );
  });

  it("does not hold where the preset is another, or the reference's steps are gone", async () => {
    const { parity, curve } = instdisc.receipts;
    const changed: MeasuredRow = {
      ...instdisc,
      receipts: {
        parity: { ...parity!, cases: [{ ...parity!.cases[0]!, name: "gone-steps" }] },
        curve: { ...curve!, config: { ...curve!.config, "plugins.instdisc.temperature": 0.2 } },
      },
    };
    const found: Reproduction[] = [];
    for await (const each of reproduceRow(changed, instdisc)) found.push(each);
    expect(found.map(({ figure, holds }) => [figure, holds])).toEqual([
      ["parity", false],
      ["curve", false],
    ]);
    expect(found[0]!.sentence).toContain("no steps of PyTorch's named gone-steps");
    expect(found[1]!.sentence).toContain("instdisc/cifar10-10k no longer has the values that were measured");
  });

  it("holds: parity and the first losses", { tags: "long" }, async () => {
    const { code, out } = await runCommand("reproduce", "instdisc");
    expect(out.split("\n").map((line) => line.split(" differ ")[0]!.split(" losses ")[0])).toEqual([
      "parity: holds. 10 steps of instdisc-softmax-steps",
      "parity: holds. 10 steps of instdisc-nce-steps",
      "curve: holds. Of the first 5",
      "",
    ]);
    expect(code).toBe(0);
  });
});
