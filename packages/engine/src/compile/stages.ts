import { opNotSupported } from "../messages/device.ts";
import { attributeText, type NodeMessage } from "./graph-messages.ts";
import { ANY, type Cut, cutAtExchanges, isExchange, nodeOf } from "./cut-at-exchanges.ts";
import type { DataType } from "./data-types.ts";
import { isOrder, valueEdges } from "./edge.ts";
import type { RecordedValue, Recording } from "./record.ts";
import { recordedValue } from "./recorded-edges.ts";

/** A tensor that processes exchange, by the edge of the step that has what all of them gave. */
export interface Exchanged {
  readonly edge: string;
  /** "sum": numbers are added up and multiplied by `scale`. "gather": the rows of all, in their order. */
  readonly kind: "sum" | "gather";
  readonly scale: number;
}

/** What a process computes of a step before it exchanges tensors with the others. */
export interface Stage {
  /** Its inputs are those of the step, then `taken`. */
  readonly recording: Recording;
  /** Edges of the step that were computed or exchanged before. */
  readonly taken: readonly string[];
  /** Edges of the step that are its outputs: later stages take them, or they are exchanged. */
  readonly given: readonly string[];
  /** What is exchanged once it is computed, sums first; nothing after the last stage. */
  readonly exchanged: readonly Exchanged[];
}

/**
 * Cuts a step that was recorded for all replicas where processes exchange tensors. Within a stage, the
 * replicas of one process have their sum and their rows alone; the exchange completes them.
 *
 * The last stage has the step's outputs, and it alone assigns state: a step that fails before has changed
 * nothing.
 *
 * @param processes of which each has as many replicas.
 * @throws {EngineError} OP_NOT_SUPPORTED for sums of anything but float32.
 */
export function stagesOf(recording: Recording, processes: number): readonly Stage[] {
  const cut = cutAtExchanges(recording);
  const stages = Array.from({ length: cut.last + 1 }, (_, stage) => stage);
  const taken = stages.map((stage) => takenBy(recording, cut, stage));
  return stages.map((stage): Stage => {
    const exchanges = recording.nodes.filter((node) => isExchange(node) && cut.stageOf(node.name) === stage);
    const exchanged = exchanges.map((node) => exchangedBy(node, recording));
    const passedOn = taken
      .slice(stage + 1)
      .flat()
      .filter((edge) => cut.isMadeIn(stage, edge));
    const edges = {
      taken: taken[stage]!,
      given: [...new Set([...passedOn, ...exchanges.map(({ name }) => name)])],
    };
    return {
      ...edges,
      exchanged: (["sum", "gather"] as const).flatMap((kind) =>
        exchanged.filter((each) => each.kind === kind),
      ),
      recording: recordingOf(recording, cut, { ...edges, stage, processes }),
    };
  });
}

/** Edges that are read in a stage; the step's results are read in the last one. */
function readIn({ nodes, outputs, assigned }: Recording, cut: Cut, stage: number): readonly string[] {
  return [
    ...nodes.filter(({ name }) => cut.stageOf(name) === stage).flatMap(valuesRead),
    ...(stage === cut.last ? [...outputs.map(({ edge }) => edge), ...assigned.values()] : []),
  ];
}

/** The gradient of batch norm has no use for what TensorFlow reserves, and no program gives it. */
const valuesRead = ({ op, input }: NodeMessage): string[] =>
  valueEdges(input).slice(0, op === "FusedBatchNormGradV3" ? 5 : undefined);

const takenBy = (recording: Recording, cut: Cut, stage: number): readonly string[] => [
  ...new Set(readIn(recording, cut, stage).filter((edge) => cut.isMadeBefore(stage, edge))),
];

/** Nodes of any stage that a stage needs. */
function constantsFor(recording: Recording, cut: Cut, stage: number): ReadonlySet<string> {
  const byName = new Map(recording.nodes.map((node) => [node.name, node]));
  const needed = new Set<string>();
  const need = (edge: string): void => {
    const node = byName.get(nodeOf(edge));
    if (node === undefined || cut.stageOf(node.name) !== ANY || needed.has(node.name)) return;
    needed.add(node.name);
    for (const input of valueEdges(node.input)) need(input);
  };
  for (const edge of readIn(recording, cut, stage)) need(edge);
  return needed;
}

interface StagePlace {
  readonly stage: number;
  readonly taken: readonly string[];
  readonly given: readonly string[];
  readonly processes: number;
}

function recordingOf(
  recording: Recording,
  cut: Cut,
  { stage, taken, given, processes }: StagePlace,
): Recording {
  const { nodes, inputs, outputs, assigned, produced } = recording;
  const constants = constantsFor(recording, cut, stage);
  const isHere = (node: string): boolean => cut.stageOf(node) === stage || constants.has(node);
  const renamed = new Map(taken.map((edge, i) => [edge, `in${inputs.length + i}`]));
  const rename = (edge: string): string => renamed.get(edge) ?? edge;
  const here = nodes
    .filter(({ name }) => isHere(name))
    .map((node): NodeMessage => {
      const input = node.input.filter((edge) => !isOrder(edge) || isHere(nodeOf(edge))).map(rename);
      return { ...node, input, attr: isExchange(node) ? ofOneProcess(node) : node.attr };
    });
  const shapes = here
    .filter(isExchange)
    .map(
      ({ name, op }) => [name, [rowsOfOneProcess(recordedValue(recording, name), op, processes)]] as const,
    );
  const values = taken.map(
    (edge, i) => [`in${inputs.length + i}`, [recordedValue(recording, edge)]] as const,
  );
  const isLast = stage === cut.last;
  const typed = (edge: string) =>
    recordedValue(recording, edge) as RecordedValue & { readonly dtype: DataType };
  return {
    ...recording,
    nodes: here,
    inputs: [
      ...inputs,
      ...taken.map((edge) => ({ name: edge, dataType: typed(edge).dtype, shape: typed(edge).shape })),
    ],
    outputs: isLast
      ? outputs.map((output) => ({ ...output, edge: rename(output.edge) }))
      : given.map((edge) => ({ name: edge, edge, dtype: typed(edge).dtype })),
    assigned: new Map(isLast ? Array.from(assigned, ([place, edge]) => [place, rename(edge)]) : []),
    produced: new Map([...produced, ...shapes, ...values]),
  };
}

function exchangedBy({ name, op, attr }: NodeMessage, recording: Recording): Exchanged {
  if (op === "CollectiveGather") return { edge: name, kind: "gather", scale: 1 };
  const { dtype } = recordedValue(recording, name);
  if (dtype !== "float32") {
    throw opNotSupported(op, `adds up tensors of ${dtype} over processes`, recording.sites.get(name)?.());
  }
  const isMean = attributeText(attr["final_op"]) === "Div";
  return { edge: name, kind: "sum", scale: isMean ? 1 / attr["group_size"]!.i! : 1 };
}

/** The mean over all replicas is made of their sums. */
const ofOneProcess = ({ attr, op }: NodeMessage): NodeMessage["attr"] =>
  op === "CollectiveReduce" ? { ...attr, final_op: { s: Buffer.from("Id") } } : attr;

function rowsOfOneProcess({ dtype, shape }: RecordedValue, op: string, processes: number): RecordedValue {
  const [rows = 1, ...rest] = shape;
  return { dtype, shape: op === "CollectiveGather" ? [rows / processes, ...rest] : shape };
}
