import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import type { MetricsRow } from "../metrics/metrics-row.ts";
import { assessHealth } from "./assess-health.ts";
import type { HealthLevel, HealthRecord } from "./health-finding.ts";

const CHANCE = 5;

/** What a run logs that learns; each value by the share of the run that is over. */
const healthy: Readonly<Record<string, (done: number) => number>> = {
  loss: (done) => 4.9 - 2 * done,
  "a/term": (done) => 4.9 - 2 * done,
  gradientNorm: () => 2,
  "embedding/spread": (done) => 0.3 + 0.6 * done,
  "embedding/rank": (done) => 4 + 20 * done,
  "embedding/alignment": (done) => 0.4 - 0.2 * done,
  "embedding/positive": (done) => 0.94 - 0.3 * done,
  "embedding/negative": (done) => 0.92 - 0.9 * done,
};

/** A run of so many steps with some values changed. */
function run(
  steps: number,
  changes: Readonly<Record<string, (done: number) => number>> = {},
  levels: Partial<HealthRecord> = {},
): HealthRecord {
  const values = Object.entries({ ...healthy, ...changes });
  const rows = Array.from({ length: steps }, (_, i): MetricsRow => ({
    step: i + 1,
    epoch: (i + 1) / 10,
    values: Object.fromEntries(values.map(([name, at]) => [name, at(i / (steps - 1))])),
  }));
  return { rows, chanceLevels: { "a/term": CHANCE }, queueSteps: {}, ...levels };
}

const findings = (record: HealthRecord) =>
  assessHealth(record).map(({ about, level }) => `${about}: ${level}`);
const only = (record: HealthRecord) => {
  const found = assessHealth(record);
  expect(found).toHaveLength(1);
  return found[0]!;
};

describe("a run that is well", () => {
  it.each([60, 100, 240, 5000])("is said to learn, after %d steps", (steps) => {
    expect(findings(run(steps))).toEqual(["learning: ok"]);
  });

  it("is not said to be well while it is too early to say", () => {
    const { level, sentence } = only(run(49));
    expect(level).toBe("note");
    expect(sentence).toMatch(/^Too early to say, before step 50: /);
  });

  it("is not said to learn while embeddings vary in fewer than two directions", () => {
    const { level, sentence } = only(run(240, { "embedding/rank": () => 1.8 }));
    expect(level).toBe("note");
    expect(sentence).toMatch(/^Views come closer, but embeddings vary in fewer than two directions: /);
  });

  it("is not said to learn while kNN has fallen by more than luck explains", () => {
    const evaluated = (now: number, images: number) =>
      only(
        run(
          240,
          {},
          {
            evaluations: [
              { step: 0, accuracy: 0.264 },
              { step: 240, accuracy: now },
            ],
            latest: { confusion: [[images / 2, 0], [images / 4, images / 4]] }, // prettier-ignore
          },
        ),
      );
    // 1.96 sqrt((0.264 * 0.736 + 0.168 * 0.832) / 500) is 0.051.
    expect(evaluated(0.168, 500)).toMatchObject({ about: "learning", level: "note" });
    expect(evaluated(0.168, 500).sentence).toMatch(
      /^kNN accuracy has fallen from 26\.4 % \(untrained\) to 16\.8 %/,
    );
    expect(evaluated(0.22, 500)).toMatchObject({ about: "learning", level: "ok" });
    expect(evaluated(0.22, 5000)).toMatchObject({ about: "learning", level: "note" });
  });

  it("is told with the highest rank there can be", () => {
    const { sentence } = only(run(240, {}, { highest: { "embedding/rank": 127 } }));
    expect(sentence).toContain("effective rank 23 of 127)");
  });

  it("is told in numbers", () => {
    // Averaged over the last 24 rows, in the mean: (0.654 - 0.063) / (1 - 0.063).
    expect(only(run(240)).sentence).toMatch(
      /^Learning: .* 63 % closer .* \(38 % in the first steps; spread 0\.871, effective rank 23\)\.$/,
    );
  });

  it("raises no alarm, whatever its noise", () => {
    for (let seed = 1; seed <= 50; seed++) {
      let state = seed;
      const noise = () => ((state = (state * 16807) % 2147483647) / 2147483647 - 0.5) * 0.4;
      const noisy = Object.fromEntries(
        Object.entries(healthy).map(([name, at]) => [name, (done: number) => at(done) * (1 + noise())]),
      );
      const found = assessHealth(run(50 + 20 * seed, noisy));
      expect(found.map(({ level }) => level).filter((level) => level !== "ok" && level !== "note")).toEqual(
        [],
      );
    }
  });

  it("is not said to be well where nothing is logged, nor for what it does not log", () => {
    expect(assessHealth(run(0))).toEqual([]);
    const rows = run(200).rows.map(({ values, ...row }) => ({ ...row, values: { loss: values["loss"]! } }));
    const { level, sentence } = only({ rows, chanceLevels: {}, queueSteps: {} });
    expect(level).toBe("note");
    expect(sentence).toContain("Whether embeddings collapse cannot be seen");
  });
});

describe("a collapse", () => {
  it.each([0, 0.25, 0.5])("of all embeddings is said with its step, from %s of the run on", (share) => {
    for (const steps of [100, 400, 3000]) {
      const collapsed = run(steps, { "embedding/spread": (done) => (done < share ? 0.5 : 0.01) });
      const finding = only(collapsed);
      expect(finding).toMatchObject({ about: "collapse", level: "failure" });
      // The mean follows within its window of a tenth of the rows.
      expect(finding.since - share * steps).toBeLessThanOrEqual(Math.min(50, steps / 10) + 1);
      expect(finding.since).toBeGreaterThanOrEqual(share * steps);
      expect(finding.sentence).toContain(`since step ${finding.since} (spread 0.01; 1 is evenly spread)`);
    }
  });

  it("onto a line is said with its rank", () => {
    const finding = only(run(300, { "embedding/rank": (done) => (done < 0.5 ? 9 : 1.02) }));
    expect(finding).toMatchObject({ about: "rank", level: "failure" });
    expect(finding.sentence).toContain("(effective rank 1.02)");
  });

  it("onto a line that a run hardly leaves remains a warning, and none once it has left", () => {
    const leaving = (rank: number) => run(300, { "embedding/rank": (done) => (done < 0.5 ? 1.02 : rank) });
    const finding = only(leaving(1.2));
    expect(finding).toMatchObject({ about: "rank", level: "warning", since: 1 });
    expect(finding.sentence).toMatch(
      /on one line from step 1 to 15\d, and still have an effective rank 1\.2\./,
    );
    expect(findings(leaving(3))).toEqual(["learning: ok"]);
  });

  it("that is near is a note in a young run, and a warning later", () => {
    const narrow = { "embedding/rank": () => 1.3 };
    expect(findings(run(300, narrow))).toEqual(["rank: note"]);
    expect(findings(run(1000, narrow))).toEqual(["rank: warning"]);
  });

  it("is a note while a queue fills, and for a while after", () => {
    const collapsed = { "embedding/spread": () => 0.01 };
    const queue = { queueSteps: { "a.keys": 100 } };
    expect(findings(run(90, collapsed, queue))).toEqual(["collapse: note", "queue: note"]);
    expect(findings(run(140, collapsed, queue))).toEqual(["collapse: note"]);
    expect(findings(run(160, collapsed, queue))).toEqual(["collapse: failure"]);
  });

  it("is over once the embeddings spread again, and not there in the first steps", () => {
    expect(findings(run(300, { "embedding/spread": (done) => (done < 0.5 ? 0.01 : 0.5) }))).toEqual([
      "learning: ok",
    ]);
    expect(findings(run(40, { "embedding/spread": () => 0.01 }))).not.toContain("collapse: failure");
  });
});

describe("a loss", () => {
  const constantly = (value: number) => ({ "a/term": () => value });

  it("at chance is a warning, and one below or still falling is none", () => {
    expect(findings(run(300, constantly(CHANCE)))).toEqual(["chance: warning"]);
    expect(findings(run(300, constantly(0.98 * CHANCE)))).toEqual(["learning: ok"]);
    expect(findings(run(300, { "a/term": (done) => 9 - 3 * done }))).toEqual(["learning: ok"]);
  });

  it("above chance is called so", () => {
    expect(only(run(300, constantly(6))).sentence).toMatch(
      /^The loss is above its chance level and no longer falls \(a\/term 6, chance 5, since step 1\)/,
    );
  });

  it("is judged by all of its terms", () => {
    const levels = { chanceLevels: { "a/term": CHANCE, "b/term": CHANCE } };
    expect(findings(run(300, { ...constantly(CHANCE), "b/term": () => 3 }, levels))).toEqual([
      "learning: ok",
    ]);
    expect(findings(run(300, { ...constantly(CHANCE), "b/term": () => 5 }, levels))).toEqual([
      "chance: warning",
    ]);
  });

  it("is not judged before the queue is filled", () => {
    const queue = { queueSteps: { "a.keys": 250 } };
    expect(findings(run(200, constantly(CHANCE), queue))).toEqual(["queue: note", "learning: ok"]);
    expect(findings(run(300, constantly(CHANCE), queue))).toEqual(["learning: ok"]);
    expect(findings(run(440, constantly(CHANCE), queue))).toEqual(["learning: ok"]);
    expect(findings(run(460, constantly(CHANCE), queue))).toEqual(["chance: warning"]);
  });
});

it("names the queue that fills, and the step", () => {
  const [note] = assessHealth(run(10, {}, { queueSteps: { "a.keys": 128, "b.keys": 20 } }));
  expect(note).toMatchObject({ about: "queue", level: "note" });
  expect(note!.sentence).toContain("Until step 128 the queue a.keys still holds random directions");
});

it("warns of a queue that never fills", () => {
  const levels = { queueSteps: { "a.keys": 2048 }, totalSteps: 90 };
  const [warning, learning] = assessHealth(run(90, {}, levels));
  expect(warning).toMatchObject({ about: "queue", level: "warning" });
  expect(warning!.sentence).toMatch(
    /^The queue a\.keys never fills: the run has 90 steps, and 2,048 are needed\. /,
  );
  expect(learning).toMatchObject({ about: "learning", level: "ok" });
  expect(assessHealth(run(90, {}, { ...levels, totalSteps: 4000 }))[0]).toMatchObject({ level: "note" });
});

describe("weights", () => {
  const still = (norm: (done: number) => number) => run(100, { weightNorm: norm, lr: () => 1e-12 });

  it("that stand still are a warning, and nothing is said to learn beside it", () => {
    const finding = only(still(() => 12.5));
    expect(finding).toMatchObject({ about: "weights", level: "warning", since: 1 });
    expect(finding.sentence).toBe(
      "The weights have not moved since step 1 (norm 12.5), so nothing is learned. " +
        "The learning rate has been 1e-12 at most: raise optimizer.lr.",
    );
    expect(findings(still((done) => 12.5 * (1 + 5e-7 * done)))).toEqual(["weights: warning"]);
  });

  it("that move are none, however early they stop", () => {
    expect(findings(still((done) => 12.5 * (1 + 1e-5 * done)))).toEqual(["learning: ok"]);
    expect(findings(still((done) => 12.5 + Math.min(0.1, done)))).toEqual(["learning: ok"]);
  });
});

it("takes no scatter for learning: each row is measured on other images", () => {
  for (let seed = 1; seed <= 20; seed++) {
    let state = seed * 7919;
    const noise = () => ((state = (state * 16807) % 2147483647) / 2147483647 - 0.5) * 0.3;
    const scattered = run(300, {
      "embedding/positive": () => 0.65 + noise(),
      "embedding/negative": () => 0.55,
      "embedding/spread": () => 0.6,
    });
    for (let until = 50; until <= 300; until += 5) {
      const said = assessHealth({ ...scattered, rows: scattered.rows.slice(0, until) });
      expect(said.map(({ level }) => level)).not.toContain("ok");
    }
  }
});

it("names a term that makes up less than a hundredth of the gradient when it was last looked at", () => {
  const { rows, ...levels } = run(100);
  const looked = (share: number, step: number) =>
    rows.map((row) =>
      row.step === step
        ? {
            ...row,
            values: { ...row.values, "a/term/gradientShare": 1 - share, "b/term/gradientShare": share },
          }
        : row,
    );
  const found = assessHealth({ ...levels, rows: looked(0.004, 40) });
  expect(found.map(({ about, level }) => `${about}: ${level}`)).toEqual(["share: note", "learning: ok"]);
  expect(found[0]).toMatchObject({ since: 40 });
  expect(found[0]!.sentence).toContain("b/term contributes 0.4 % of the gradient (step 40)");
  expect(assessHealth({ ...levels, rows: looked(0.02, 40) })).toHaveLength(1);
});

it("warns where two views of an image are the same, and notes where they nearly are", () => {
  expect(findings(run(100, { "embedding/alignment": () => 1e-6 }))).toEqual(["views: warning"]);
  expect(findings(run(100, { "embedding/alignment": () => 0.03 }))).toEqual(["views: note"]);
});

it("warns of gradients that vanish, and of ones that grow far beyond the usual", () => {
  expect(findings(run(100, { gradientNorm: (done) => (done < 0.5 ? 1 : 1e-9) }))).toEqual([
    "gradient: warning",
  ]);
  const grown = only(run(100, { gradientNorm: (done) => (done < 0.8 ? 1 : 1000) }));
  expect(grown).toMatchObject({ about: "gradient", level: "warning" });
  expect(grown.since).toBe(81); // the mean over 10 rows is above 100 as soon as one of them is 1000 long
});

it("says of a run whose views stay as far apart as they were that it does not learn yet", () => {
  const flat = {
    "embedding/positive": () => 0.93,
    "embedding/negative": () => 0.92,
    "embedding/spread": () => 0.3,
  };
  expect(findings(run(300, flat))).toEqual(["learning: note"]);
});

it("gives the same verdict of a run whose rows are thinned out", () => {
  const collapsed = run(3000, { "embedding/spread": (done) => (done < 0.5 ? 0.5 : 0.01) });
  const thin = { ...collapsed, rows: collapsed.rows.filter((_, i) => i % 4 === 0) };
  expect(findings(thin)).toEqual(["collapse: failure"]);
});

interface RealRun {
  readonly group: "healthy" | "ill";
  readonly chanceLevels: Readonly<Record<string, number>>;
  readonly queueSteps: Readonly<Record<string, number>>;
  readonly columns: Readonly<Record<string, readonly number[]>>;
}

const runsIn = (fixture: string) => {
  const file = new URL(`../../fixtures/${fixture}`, import.meta.url);
  const { runs } = JSON.parse(readFileSync(file, "utf8")) as { runs: Readonly<Record<string, RealRun>> };
  return (group: RealRun["group"]) => Object.entries(runs).filter(([, run]) => run.group === group);
};

/** What is said of a run's first steps, from a level on. */
function saidOf(
  { columns, chanceLevels, queueSteps }: RealRun,
  { until = Infinity, levels = ["warning", "failure"] }: { until?: number; levels?: readonly HealthLevel[] },
): string[] {
  const { step: steps, ...values } = columns;
  const rows = steps!
    .filter((step) => step <= until)
    .map((step, i) => ({
      step,
      epoch: 0,
      values: Object.fromEntries(Object.entries(values).map(([name, column]) => [name, column[i]!])),
    }));
  return assessHealth({ rows, chanceLevels, queueSteps })
    .filter(({ level }) => levels.includes(level))
    .map(({ about, level }) => `${about} ${level}`);
}

describe("real runs of bench/health", () => {
  const of = runsIn("health-runs.json");
  const unseen = runsIn("unseen-health-runs.json");

  it("are at least twenty that are well", () => {
    expect(of("healthy").length).toBeGreaterThanOrEqual(20);
  });

  it.each([...of("healthy"), ...unseen("healthy")])("%s raises no alarm at any step", (_name, run) => {
    for (const until of run.columns["step"]!) expect(saidOf(run, { until }), `step ${until}`).toEqual([]);
  });

  const alarmsOf = (runs: readonly (readonly [string, RealRun])[]) =>
    Object.fromEntries(runs.map(([name, run]) => [name, saidOf(run, {})]));

  it("made ill are found by what is wrong with them", () => {
    expect(alarmsOf(of("ill"))).toEqual({
      "byol-without-predictor": ["collapse failure"],
      "byol-without-predictor-or-momentum": ["collapse failure"],
      "moco-temperature-100": ["chance warning"],
      "moco-temperature-0.001": ["collapse failure"],
      "simclr-temperature-100": ["chance warning"],
      "moco-lr-x100": ["rank failure"],
      "simclr-lr-x100": ["chance warning"],
      "byol-lr-x100": ["collapse failure"],
      // Along one line for 270 steps; its rank at the end, 1.13, is that of a BYOL that is well.
      "moco-clsa-lr-x100": ["rank warning"],
      "simclr-lr-0": ["chance warning"],
      "moco-no-augmentation": ["views warning"],
      "simclr-no-augmentation": ["views warning"],
    });
  });

  it.each([...of("ill"), ...unseen("ill")])("%s is not called well", (name, run) => {
    // Equal views differ while the key network lags: the only ones that are called well on their way.
    const steps = name === "moco-no-augmentation" ? [Infinity] : run.columns["step"]!;
    for (const until of steps) {
      expect(saidOf(run, { until, levels: ["ok"] }), `step ${until}`).toEqual([]);
    }
  });

  it("that are well are called so at their end, but for some", () => {
    const well = [...of("healthy"), ...unseen("healthy")];
    const others = well.filter(([, run]) => saidOf(run, { levels: ["ok"] }).length === 0);
    expect(well).toHaveLength(33);
    expect(others.map(([name, run]) => `${name}: ${saidOf(run, { levels: ["note"] }).join()}`)).toEqual([
      "moco-queue-4096: rank note",
      // Every fifth row of these is too few to tell a rise from scatter.
      "moco-clsa-demo: learning note",
      "simclr: learning note",
      "simclr-resnet18: learning note", // its kNN fell
      "simclr-clsa: learning note",
      // BYOL learns next to nothing in so few steps, by kNN too.
      "byol: learning note",
      "byol-seed-1: rank note",
      "byol-batch-64-constant: rank note",
      "byol-adamw: learning note",
      "byol-clsa: learning note",
      "byol-clsa-seed-2: learning note",
      "byol-resnet18: learning note",
    ]);
  });

  it("made ill that no rule was made on are found too, all but three", () => {
    const alarms = alarmsOf(unseen("ill"));
    expect(Object.keys(alarms)).toHaveLength(11);
    expect(Object.keys(alarms).filter((name) => alarms[name]!.length === 0)).toEqual([
      "simclr-temperature-100-batch-128", // 192 steps, and chance is judged from 200 on
      "simclr-clsa-lr-x100", // one of its two terms is below chance
      "byol-no-augmentation", // noted, below
    ]);
    const { "byol-no-augmentation": withoutAugmentation } = Object.fromEntries(unseen("ill"));
    expect(saidOf(withoutAugmentation!, { levels: ["note", "ok"] })).toEqual(["views note"]);
  });
});
