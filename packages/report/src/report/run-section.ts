import { duration, percent } from "@tssl/core/internal";

import { breakable } from "./breakable.ts";
import { copyable } from "./copyable.ts";
import { type Html, html, lines } from "./html.ts";
import type { ReportData } from "./report-data.ts";

/** The section on the run itself: commands, time, environment, config. */
export function runSection(data: ReportData): Html | undefined {
  const blocks = [commands(data), timeShares(data), environment(data), config(data)];
  if (blocks.every((block) => block === undefined)) return undefined;
  return html`<section id="run">
    <h2>The run</h2>
    <div class="run">${lines(blocks)}</div>
  </section>`;
}

function timeShares({ timeShares: shares, durationSeconds }: ReportData): Html | undefined {
  if (!shares || !(durationSeconds > 0)) return undefined;
  const { compile, step, dataWait, evaluation } = shares;
  const known = compile + step + dataWait + evaluation;
  const total = Math.max(durationSeconds, known);
  const parts = [
    { kind: "step", name: "training steps", seconds: step },
    { kind: "wait", name: "waiting for data", seconds: dataWait },
    { kind: "evaluation", name: "evaluation", seconds: evaluation },
    { kind: "compile", name: "compiling the step", seconds: compile },
    { kind: "other", name: "other", seconds: total - known },
  ].filter(({ seconds }) => seconds / total >= 0.0005);
  let end = 0;
  const bars = parts.map(({ kind, seconds }) => {
    const from = end.toFixed(1);
    end += (100 * seconds) / total;
    const share = ((100 * seconds) / total).toFixed(1);
    return html`<rect class="${kind}" x="${from}%" width="${share}%" height="100%" />`;
  });
  return html`<div class="block time">
    <h3>Where the time went</h3>
    <svg class="time-bar" aria-hidden="true">${bars}</svg>
    <dl class="facts">
      ${parts.map(
        ({ kind, name, seconds }) =>
          html`<div class="${kind}">
            <dt>${name}</dt>
            <dd>${percent(seconds / total)} <small>${duration(seconds)}</small></dd>
          </div>`,
      )}
    </dl>
  </div>`;
}

function environment({ environment: facts }: ReportData): Html | undefined {
  if (!facts || Object.keys(facts).length === 0) return undefined;
  return html`<div class="block">
    <h3>Environment</h3>
    <dl class="facts">
      ${Object.entries(facts).map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
  </div>`;
}

function commands({ reproduce, next = [] }: ReportData): Html | undefined {
  if (reproduce === undefined && next.length === 0) return undefined;
  return html`<div class="block">
    ${
      reproduce !== undefined &&
      html`<h3>Run it again</h3>
        ${copyable(reproduce)}`
    }
    ${
      next.length > 0 &&
      html`<h3>What next</h3>
        ${next.map(
          ({ command, why }) =>
            html`<p>${why}</p>
              ${copyable(command)}`,
        )}`
    }
  </div>`;
}

function config({ config: yaml, options = [] }: ReportData): Html | undefined {
  if (yaml === undefined) return undefined;
  const said = options.filter(({ source }) => source !== "default");
  const whole = copyable(yaml.trimEnd());
  return html`<div class="block">
    <h3>Config${said.length === 0 && ", as resolved"}</h3>
    ${
      said.length === 0
        ? whole
        : html`${bySource(said).map(
              ({ from, options: set }) =>
                html`<h4>${from}</h4>
                  <dl class="said">
                    ${set.map(
                      ({ name, value, line }) =>
                        html`<div>
                          <dt>${breakable(name)}</dt>
                          <dd>${typeof value === "string" ? value : JSON.stringify(value)}</dd>
                          <dd class="source">${line !== undefined && `line ${line}`}</dd>
                        </div>`,
                    )}
                  </dl>`,
            )}
            <details>
              <summary>As resolved, with ${options.length - said.length} defaults</summary>
              ${whole}
            </details>`
    }
  </div>`;
}

const SET_BY: Readonly<Record<string, string>> = {
  "--set": "command line (--set)",
  TSSL_SET: "environment (TSSL_SET)",
};

type Option = NonNullable<ReportData["options"]>[number];

/** Options by the file, preset or command line that set them, in the order of their first one. */
function bySource(options: readonly Option[]) {
  const groups = new Map<string, (Option & { readonly line?: string })[]>();
  for (const option of options) {
    const [, from, line] = /^(?!--set |TSSL_SET )(.*):(\d+)$/s.exec(option.source) ?? [];
    const group = from ?? option.source.replace(/^(--set|TSSL_SET) .*$/s, (_, by: string) => SET_BY[by]!);
    groups.set(group, [...(groups.get(group) ?? []), { ...option, ...(line === undefined ? {} : { line }) }]);
  }
  return [...groups].map(([from, set]) => ({ from, options: set }));
}
