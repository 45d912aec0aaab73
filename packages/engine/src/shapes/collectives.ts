import { ops, type OpTable } from "./op-call.ts";

const GROUP = "group_size:int group_key:int instance_key:int";
const RUNTIME = "communication_hint:text=auto timeout_seconds:float=0";

/** Ops over all replicas of a step. */
export const COLLECTIVES: OpTable = {
  ...ops(
    "CollectiveReduce",
    `T:signed -> T; ${GROUP} merge_op:text{Min|Max|Mul|Add} final_op:text{Id|Div} subdiv_offsets:ints ` +
      `wait_for:ints=[] ${RUNTIME}`,
    ({ shapes }) => [shapes[0]!],
  ),
  ...ops("CollectiveGather", `T:countable -> T; ${GROUP} shape:shape ${RUNTIME}`, (call) => [
    call.shape("shape"),
  ]),
  ...ops("XlaReplicaId", "-> int32", () => [[]]),
};
