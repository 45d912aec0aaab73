import { expect, it } from "vitest";

import { type RunStanding, standingText } from "./standing-text.ts";

const knn = {
  k: 200,
  untrained: 0.296,
  points: [
    { step: 0, epoch: 0, accuracy: 0.296 },
    { step: 200, epoch: 10, accuracy: 0.361 },
  ],
};
const standing: RunStanding = {
  title: "a-run",
  status: "finished",
  plugins: ["moco", "clsa"],
  epochs: { done: 10, planned: 10 },
  knn,
  health: {
    step: 200,
    queues: [{ name: "moco.keys", filled: 1, oldestSteps: 16 }],
    gradient: { step: 150, shares: { "moco/infoNce": 0.617, "clsa/ddm": 0.383 } },
    cosines: { step: 150, positive: [0, 0, 1, 7, 8], negative: [10, 1000, 500, 0, 0] },
    findings: [{ about: "learning", level: "ok", since: 200, sentence: "Learning: so and so." }],
  },
};
const { knn: _knn, ...unlabelled } = standing;

it("shows a run, its progress and the next command", () => {
  expect(standingText(standing, "runs/a")).toBe(`a-run: moco + clsa
finished after 200 steps, 10 of 10 epochs
kNN 36.1 % at epoch 10, 29.6 % untrained
queue moco.keys: full, oldest embedding 16 steps old
gradient at step 150: moco/infoNce 62 %, clsa/ddm 38 %
cosines at step 150, from -1 to 1:
  two views of an image  |  ▁▇█|
  two images             |▁█▄  |

ok       Learning: so and so.

Next: tssl evaluate linear runs/a
`);
});

it("asks for labelled images where the run had none", () => {
  expect(standingText(unlabelled, "runs/a")).toContain(
    "Next: tssl evaluate linear runs/a --train <labelled images> --test <labelled images>\n",
  );
});

it("shows what tssl evaluate measured, and proposes what it has not measured of the last step", () => {
  const images = "40 labelled images, 20 test images";
  const at = { images, testImages: 20, step: 200, epoch: 10, measuredAt: "2026-11-29T02:00:00Z" };
  const linear = { ...at, kind: "linear", name: "linear probe, 100 epochs", accuracy: 0.5 } as const;
  const kept = {
    ...at,
    kind: "knn",
    name: "kNN, k 20, temperature 0.1",
    accuracy: 0.4,
    untrained: 0.3,
  } as const;
  const text = (run: RunStanding) => standingText(run, "runs/a");
  expect(text({ ...standing, evaluations: [linear, kept] })).toContain(
    `linear probe, 100 epochs at epoch 10: 50.0 % (${images})\n` +
      `kNN, k 20, temperature 0.1 at epoch 10: 40.0 %, 30.0 % untrained (${images})\n`,
  );
  expect(text({ ...standing, evaluations: [linear] })).toContain("Next: tssl report runs/a\n");
  expect(text({ ...standing, evaluations: [{ ...linear, step: 100 }] })).toContain(
    "Next: tssl evaluate linear runs/a\n",
  );
  expect(text({ ...unlabelled, evaluations: [linear] })).toContain("Next: tssl evaluate knn runs/a --train ");
  expect(text({ ...unlabelled, evaluations: [linear, kept] })).toContain("Next: tssl report runs/a\n");
});

it("says how to continue a run that was killed before its first row", () => {
  const cut: RunStanding = {
    ...unlabelled,
    epochs: { done: 0, planned: 10 },
    status: "interrupted",
    statusReason: "its process is gone.",
    health: { step: 0, queues: [], findings: [] },
  };
  expect(standingText(cut, "runs/my run")).toBe(`a-run: moco + clsa
interrupted after 0 steps, 0 of 10 epochs: its process is gone

No step has been logged yet.

Next: tssl train --resume 'runs/my run'
`);
});

it("says to watch a run that is training, and to change the config of one that failed", () => {
  expect(standingText({ ...standing, status: "running" }, "runs/a")).toContain("\nNext: tssl watch runs/a\n");
  const lost: RunStanding = {
    ...standing,
    health: {
      ...standing.health,
      findings: [{ about: "collapse", level: "failure", since: 20, sentence: "Collapsed." }],
    },
  };
  const text = standingText(lost, "runs/a");
  expect(text).toContain("\nfailure  Collapsed.\n");
  expect(text).toMatch(/\nNext: .*runs\/a\/config\.yaml.*tssl train/);
});

it("says how the run stands beside the measured runs of its preset", () => {
  const expected = { preset: "moco/small", place: "within" as const, sentence: "It is within.", points: [] };
  expect(standingText({ ...standing, expected }, "runs/a")).toContain(
    "ok       Learning: so and so.\nwithin   It is within.\n\nNext:",
  );
  const { place: _, ...unplaced } = expected;
  expect(standingText({ ...standing, expected: unplaced }, "runs/a")).toContain("note     It is within.");
});
