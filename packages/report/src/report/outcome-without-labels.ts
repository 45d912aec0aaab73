import type { HealthFinding } from "@tssl/core/run";

import { NO_ACCURACY } from "../messages/outcome.ts";
import type { ReportData } from "./report-data.ts";

/**
 * What can be said of a run whose accuracy was not measured: the gravest finding on its health, such as a
 * collapse, or how much two views of an image have in common. Undefined where nothing is known.
 */
export function outcomeWithoutLabels({ health }: Pick<ReportData, "health">) {
  const worst = health?.findings.find(({ level }) => level === "failure" || level === "warning");
  const finding = worst ?? health?.findings.find(({ about }) => about === "learning");
  if (finding === undefined) return undefined;
  return { verdict: verdictOf(finding), headline: finding.sentence, details: [NO_ACCURACY] };
}

/** Without labels nothing says that the encoder learned what somebody wants to know. */
const verdictOf = ({ level }: HealthFinding) =>
  level === "failure" ? ("not learned" as const) : ("unknown" as const);
