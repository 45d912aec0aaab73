import { attributeText } from "../compile/graph-messages.ts";
import { range } from "../range.ts";
import type { Value } from "./emitter.ts";
import { list, typeText } from "./literals.ts";
import type { Lowering, Lowerings, RecordedOp } from "./lowering.ts";

/** All copies of the program as one group. */
const allReplicas = (replicas: number): string =>
  `replica_groups = dense<[${list(range(replicas))}]> : tensor<1x${replicas}xi64>`;

/** The sum of a tensor over all replicas. */
export const allReduce = ({ emit, replicas }: Pick<RecordedOp, "emit" | "replicas">, x: Value): Value =>
  replicas === 1
    ? x
    : emit.withRegions("all_reduce", [x], allReplicas(replicas), [{ dtype: x.dtype, combine: "add" }], x);

/** The sum over all replicas, or the mean where the op ends with a division. */
const reduce: Lowering = (recorded) => {
  const { emit, value, attr, replicas, refusal } = recorded;
  const [merge, final] = ["merge_op", "final_op"].map((name) => attributeText(attr[name]));
  if (merge !== "Add") throw refusal(`combines replicas by ${merge}`);
  const sum = allReduce(recorded, value(0));
  return final === "Div" ? emit.scaled(sum, 1 / replicas) : sum;
};

/** The rows of all replicas, one replica after another. */
export function allGather({ emit, replicas }: Pick<RecordedOp, "emit" | "replicas">, x: Value): Value {
  if (replicas === 1) return x;
  const [rows, ...rest] = x.shape;
  const to = { dtype: x.dtype, shape: [replicas * rows!, ...rest] };
  return emit.put(
    `"stablehlo.all_gather"(${x.name}) <{all_gather_dim = 0 : i64, ${allReplicas(replicas)}}> : ` +
      `(${typeText(x)}) -> ${typeText(to)}`,
    to,
  );
}

const gather: Lowering = (recorded) => allGather(recorded, recorded.value(0));

/**
 * Ops between the copies of a program, one on each device. A recording says how many there are; the numbers
 * of groups and instances, by which TensorFlow finds the partners, say nothing here.
 */
export const collectives: Lowerings = {
  CollectiveReduce: reduce,
  CollectiveReduceV2: reduce,
  CollectiveGather: gather,
  CollectiveGatherV2: gather,
  /** The number of this copy among those of all processes, from 0 on. */
  XlaReplicaId({ emit, firstReplica }) {
    const number = emit.put("stablehlo.replica_id : tensor<ui32>", { dtype: "uint32", shape: [] });
    return emit.add(emit.convert(number, "int32"), emit.splat(firstReplica, "int32"));
  },
};
