import * as tf from "@tensorflow/tfjs";

import { differentiable } from "./differentiable.ts";
import { type Attribute, attribute, rawOp } from "./raw-op.ts";

/**
 * The copies of a step that run at the same time, one on each device, each on its own share of the rows of
 * every input that is shared out.
 *
 * A step is recorded once for all of them, so the number of a replica is known to no JavaScript: it is in
 * tensors alone.
 */
export interface StepReplicas {
  /** How many there are, from 1. */
  readonly size: number;
  /**
   * The rows of all replicas in their order: `[B, …]` to `[size * B, …]`. The gradient of a row flows back to
   * the replica that it came from, summed over the replicas that used it.
   */
  gather<T extends tf.Tensor>(rows: T): T;
  /** Where this replica's rows are among those of all: `[count]` int32. */
  ownRows(count: number): tf.Tensor1D;
  /** This replica's share of rows that are alike on all: `[size * B, …]` to `[B, …]`. */
  own<T extends tf.Tensor>(rows: T): T;
  /** The mean of a float32 tensor over replicas, element by element; its gradient is the mean of theirs. */
  mean<T extends tf.Tensor>(x: T): T;
}

/**
 * The replicas of a compiled step in mode "pjrt"; the ops are XLA's collectives. Use them in a step that was
 * compiled with `shared`, in a program of as many replicas.
 *
 * @param size from 2.
 */
export function stepReplicas(size: number): StepReplicas {
  const group = {
    group_size: attribute.int(size),
    group_key: attribute.int(1),
    instance_key: attribute.int(1),
  };
  const ownRows = (count: number): tf.Tensor1D => {
    const [number] = rawOp("XlaReplicaId", {}, [], 1);
    return tf.add(tf.range(0, count, 1, "int32"), tf.mul(number!, tf.scalar(count, "int32")));
  };
  const own = <T extends tf.Tensor>(rows: T): T => tf.gather(rows, ownRows(rows.shape[0] / size));
  return {
    size,
    ownRows,
    own,
    gather<T extends tf.Tensor>(rows: T): T {
      const [count, ...rest] = rows.shape;
      const [all] = differentiable({
        inputs: { rows },
        forward: () =>
          rawOp(
            "CollectiveGather",
            { ...group, T: typeOf(rows), shape: attribute.shape([size * count, ...rest]) },
            [rows],
            1,
          ),
        gradients: ([dy]) => ({ rows: () => own(reduced(dy!, group, "Id")) }),
      });
      return all as T;
    },
    mean<T extends tf.Tensor>(x: T): T {
      const [mean] = differentiable({
        inputs: { x },
        forward: () => [reduced(x, group, "Div")],
        gradients: ([dy]) => ({ x: () => reduced(dy!, group, "Div") }),
      });
      return mean as T;
    },
  };
}

/** The sum over replicas; with "Div", the mean. */
const reduced = (x: tf.Tensor, group: Readonly<Record<string, Attribute>>, end: "Id" | "Div"): tf.Tensor =>
  rawOp(
    "CollectiveReduce",
    {
      ...group,
      T: typeOf(x),
      merge_op: attribute.text("Add"),
      final_op: attribute.text(end),
      subdiv_offsets: attribute.ints([0]),
    },
    [x],
    1,
  )[0]!;

const typeOf = ({ dtype }: tf.Tensor): Attribute => attribute.type(dtype as "float32" | "int32");
