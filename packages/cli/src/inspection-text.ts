import path from "node:path";

import { counted, partsPerStep, percent } from "@tssl/core/internal";
import type { RunConfig, RunInspection } from "@tssl/core/run";
import { type Cost, type EngineInfo, type TracedOp, valueText } from "@tssl/engine";

import { table } from "./table.ts";

/** Largest number of rows of each list; `--json` has all rows. */
const MOST = { types: 16, constants: 5, state: 6, costs: 16, lines: 10, nodes: 12 };

const whole = (value: number): string => Math.round(value).toLocaleString("en-US");
/** A number, or "·" for 0, which most ops have. */
const unlessZero = (value: number, text: (value: number) => string): string =>
  value === 0 ? "·" : text(value);
const giga = (value: number): string => unlessZero(value, (v) => (v / 1e9).toFixed(v < 1e8 ? 3 : 2));
const perSecond = (value: number): string => unlessZero(value, (v) => v.toFixed(v < 10 ? 1 : 0));

/** "4.1 KB": in powers of 1000, like GB/s. */
export function size(bytes: number): string {
  const units = { GB: 1e9, MB: 1e6, KB: 1e3 };
  const [name, unit] = Object.entries(units).find(([, unit]) => bytes >= unit) ?? ["B", 1];
  return `${(bytes / unit).toFixed(unit === 1 ? 0 : bytes < 10 * unit ? 2 : 1)} ${name}`;
}

/** The whole report, at most 100 columns wide unless names are longer. */
export function inspectionText(config: RunConfig, engine: EngineInfo, inspection: RunInspection): string {
  const { mode, trace } = inspection;
  const sections = [heading(config, engine, inspection), recorded(inspection), timing(inspection)];
  if (mode === "xla" && trace.some(({ op }) => op === "StatefulPartitionedCall")) {
    sections.push(
      "XLA compiled the step into one program, which TensorFlow's trace shows as one call.\n" +
        "--mode graph shows the time of each op.",
      typeCosts(inspection),
    );
  } else {
    sections.push(typeCosts(inspection), lineCosts(inspection), nodeCosts(inspection));
  }
  return `${sections.join("\n\n")}\n`;
}

function heading(config: RunConfig, engine: EngineInfo, { facts, views, mode }: RunInspection): string {
  const plugins = config.plugins.map(({ plugin }) => plugin.name).join(" + ");
  const parts = partsPerStep(facts);
  const batch = `${facts.batchSize}${parts === 1 ? "" : ` in ${parts} parts`}`;
  const sides = Object.entries(views).map(([name, shape]) => `${name} ${sideText(shape)}`);
  return (
    `${plugins}, ${config.encoder.definition.name}, batch ${batch}; views in pixels: ${sides.join(", ")}\n` +
    `mode ${mode} on ${engine.device.toUpperCase()} (${engine.deviceName}), ` +
    counted(engine.threads, "thread")
  );
}

/** "32", or "9 patches of 64". */
const sideText = (shape: RunInspection["views"][string]): string =>
  shape.length === 3 ? `${shape[0]}` : `${shape[0]} patches of ${shape[1]}`;

const PASSES = {
  forward: "forward",
  gradient: "gradients",
  update: "update (optimizer, averages, queues)",
  other: "reads and assignments of state",
} as const;

function recorded({ graph }: RunInspection): string {
  const { total, passes, types, constants, state } = graph;
  const amounts = (name: string, { ops, flops, bytes }: typeof total) => [
    name,
    whole(ops),
    percent(ops / total.ops),
    giga(flops),
    unlessZero(bytes, size),
  ];
  const columns = ["", "ops", "share", "GFLOP", "read + written"];
  const rest = types.slice(MOST.types);
  const restOps = rest.reduce((sum, { ops }) => sum + ops, 0);
  const summary = table([
    columns,
    ...(["forward", "gradient", "update"] as const).map((pass) => amounts(PASSES[pass], passes[pass])),
    amounts("all", total),
  ]);
  const byType = table([
    ["op type", ...columns.slice(1)],
    ...types.slice(0, MOST.types).map((type) => amounts(type.op, type)),
    ...(rest.length === 0 ? [] : [[`${rest.length} others`, whole(restOps), percent(restOps / total.ops)]]),
  ]);

  const bytesOf = (items: readonly { bytes: number }[]) => items.reduce((sum, { bytes }) => sum + bytes, 0);
  const constantRows = constants
    .slice(0, MOST.constants)
    .map((constant) => [size(constant.bytes), valueText(constant), constant.node, place(constant.site)]);
  const assigned = state.filter((each) => each.assigned);
  const unassigned = state.filter((each) => !each.assigned);
  const stateRows = [...state]
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MOST.state)
    .map((each) => [size(each.bytes), valueText(each), each.name, use(each)]);
  return [
    "RECORDED STEP, before TensorFlow optimizes it",
    summary,
    "GFLOP counts convolutions and matrix products. Read + written: summed over ops, without caches.\n",
    byType,
    "",
    `Constants: ${whole(constants.length)}, ${size(bytesOf(constants))} in total; the largest:`,
    table(constantRows, "rlll"),
    "",
    `State: ${state.length} variables, ${size(bytesOf(state))} in total; ` +
      `${assigned.length} assigned (${size(bytesOf(assigned))}), ` +
      `${state.filter(({ read }) => read).length} read; the largest:`,
    table(stateRows, "rlll"),
    ...(unassigned.length === 0
      ? []
      : [
          `Never assigned: ${unassigned
            .slice(0, 3)
            .map(({ name }) => name)
            .join(", ")}${unassigned.length > 3 ? ` and ${unassigned.length - 3} more` : ""}.`,
        ]),
  ].join("\n");
}

const use = ({ read, assigned }: { readonly read: boolean; readonly assigned: boolean }): string =>
  [read ? "read" : "", assigned ? "assigned" : ""].filter(Boolean).join(", ") || "unused";

const COST_COLUMNS = ["calls", "ms", "share", "GFLOP/s", "GB/s"];
const costCells = ({ calls, milliseconds, share, gflopsPerSecond, gigabytesPerSecond }: Cost): string[] => [
  whole(calls),
  milliseconds.toFixed(2),
  percent(share),
  perSecond(gflopsPerSecond),
  perSecond(gigabytesPerSecond),
];

function timing({ mode, graph, facts, milliseconds, trace, overlap, passCosts }: RunInspection): string {
  const { first, warm, traced } = milliseconds;
  const sorted = [...warm].sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)]!;
  const part = (name: string, ms: number) => [name, `${ms.toFixed(1)} ms`, percent(ms / overlap.span)];
  return [
    "TIME ON THIS MACHINE",
    `first run ${(first / 1000).toFixed(1)} s ` +
      `(${mode === "xla" ? "XLA compiles" : "TensorFlow optimizes the graph"}), ` +
      `then ${median.toFixed(1)} ms per step ` +
      `(median of ${warm.length}, ${sorted[0]!.toFixed(1)} to ${sorted.at(-1)!.toFixed(1)})`,
    `${whole((facts.batchSize / median) * 1000)} images/s, ` +
      `${whole(graph.total.flops / median / 1e6)} GFLOP/s over the whole step`,
    "",
    `Fastest of three traced runs, ${traced.toFixed(1)} ms: ${whole(trace.length)} ops, ` +
      `${overlap.busy.toFixed(1)} ms of ops within ${overlap.span.toFixed(1)} ms:`,
    table([
      part("  several ops at once", overlap.several),
      part("  one op alone", overlap.one),
      part("  no op", overlap.none),
    ]),
    ...(passCosts.length === 1
      ? []
      : [
          "",
          table([
            ["pass", ...COST_COLUMNS],
            ...passCosts.map((cost) => [PASSES[cost.pass], ...costCells(cost)]),
          ]),
        ]),
  ].join("\n");
}

function typeCosts({ typeCosts: costs }: RunInspection): string {
  const shown = costs.slice(0, MOST.costs);
  const rest = costs.slice(MOST.costs);
  const restMs = rest.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const restShare = rest.reduce((sum, { share }) => sum + share, 0);
  const restCalls = rest.reduce((sum, { calls }) => sum + calls, 0);
  return [
    "COSTLIEST OP TYPES",
    table([
      ["op type", ...COST_COLUMNS],
      ...shown.map((cost) => [opName(cost), ...costCells(cost)]),
      ...(rest.length === 0
        ? []
        : [[`${rest.length} others`, whole(restCalls), restMs.toFixed(2), percent(restShare)]]),
    ]),
  ].join("\n");
}

function lineCosts({ lineCosts: costs }: RunInspection): string {
  return [
    "COSTLIEST LINES, gradients included",
    table([
      ["line", ...COST_COLUMNS],
      ...costs.slice(0, MOST.lines).map((cost) => [place(cost.line), ...costCells(cost)]),
    ]),
  ].join("\n");
}

function nodeCosts({ trace, overlap }: RunInspection): string {
  const costliest = [...trace].sort((a, b) => b.milliseconds - a.milliseconds).slice(0, MOST.nodes);
  const rows = costliest.map((op) => [
    op.milliseconds.toFixed(2),
    percent(op.milliseconds / overlap.busy),
    perSecond(op.flops / op.milliseconds / 1e6),
    `${op.name}${op.oneDnn ? " (oneDNN)" : ""}`,
    shapes(op),
  ]);
  const [head, ...lines] = table([["ms", "share", "GFLOP/s", "node", "shapes"], ...rows], "rrrll").split(
    "\n",
  );
  return [
    "COSTLIEST NODES",
    head,
    ...lines.flatMap((line, i) => {
      const origin = originOf(costliest[i]!);
      return origin === "" ? [line] : [line, `        ${origin}`];
    }),
  ].join("\n");
}

const opName = ({ op, oneDnn }: { readonly op: string; readonly oneDnn: boolean }): string =>
  oneDnn ? `${op} (oneDNN)` : op;

/** "gradient of moco.encoder.conv1.weight, networks/layers.ts:46"; the list of lines has the whole path. */
function originOf({ recorded }: TracedOp): string {
  if (recorded === undefined) return "";
  const of = recorded.state[0] === undefined ? "" : ` of ${recorded.state[0]}`;
  return `${recorded.pass}${of}, ${place(recorded.site).split(path.sep).slice(-2).join(path.sep)}`;
}

/** "[64, 32, 32, 16] [3, 3, 16, 16] → [64, 32, 32, 16]"; vector and scalar inputs are left out. */
function shapes({ recorded }: TracedOp): string {
  if (recorded === undefined) return "";
  const text = (value: { readonly shape: readonly number[] }) => `[${value.shape.join(", ")}]`;
  const large = recorded.inputs.filter(({ shape }) => shape.length > 1);
  return [...large.slice(0, 3).map(text), "→", ...recorded.outputs.slice(0, 1).map(text)].join(" ");
}

/** "file:line" of a line of code, relative to the working directory if the file is in it. */
function place(site: string | undefined): string {
  if (site === undefined) return "";
  const line = /^.*?:\d+/.exec(site)?.[0] ?? site;
  const relative = path.relative(process.cwd(), line);
  return relative.startsWith("..") ? line : relative;
}
