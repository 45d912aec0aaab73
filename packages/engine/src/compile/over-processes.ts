import { createHash } from "node:crypto";

import { constantAttributes } from "./constant-attributes.ts";
import { bytesOf, DATA_TYPE } from "./data-types.ts";
import type { Recording } from "./record.ts";

const COLLECTIVES = ["CollectiveGather", "CollectiveReduce"];

/**
 * A step that was recorded for all replicas, as the process of one of them runs it: the replica's number is
 * known, and each exchange has a key, by which the processes find each other's part of it.
 *
 * @param name of the step: all processes call it so, and none of their other steps.
 */
export function overProcesses(recording: Recording, name: string, rank: number): Recording {
  const firstKey = keyOf(`${name} ${JSON.stringify(recording.inputs)}`);
  const number = constantAttributes(DATA_TYPE.int32, [], bytesOf(Int32Array.of(rank)));
  let exchanges = 0;
  return {
    ...recording,
    nodes: recording.nodes.map((node) => {
      if (node.op === "XlaReplicaId") return { ...node, op: "Const", attr: number };
      if (!COLLECTIVES.includes(node.op)) return node;
      return { ...node, attr: { ...node.attr, instance_key: { i: firstKey + exchanges++ } } };
    }),
  };
}

/** Exchanges that a step may have. */
const MOST_EXCHANGES = 2 ** 15;

/** The first key of a step: a whole number below 2 ** 31. */
const keyOf = (step: string): number =>
  createHash("sha256").update(step).digest().readUInt16BE() * MOST_EXCHANGES;
