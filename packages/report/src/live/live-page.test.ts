import { expect, test } from "vitest";

import { WHY } from "../messages/notes.ts";
import { learnedRun } from "../report/learned-run.test.data.ts";
import { liveUpdate, renderLivePage } from "./live-page.ts";

test("the page of a run does not tell to open itself, and keeps other commands", () => {
  const next = [
    { command: "tssl watch runs/a", why: WHY.watch },
    { command: "tssl evaluate linear runs/a", why: WHY.evaluateLinear },
  ];
  const data = { ...learnedRun, status: "running" as const, next };
  for (const text of [renderLivePage(data), liveUpdate(data).run]) {
    expect(text).not.toContain("tssl watch runs/a");
    expect(text).toContain("tssl evaluate linear runs/a");
  }
});
