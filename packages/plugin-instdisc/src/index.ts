export {
  instanceSoftmax,
  type InstanceSoftmaxInput,
  type InstanceSoftmaxResult,
  sampledSoftmax,
} from "./instance-softmax.ts";
export { instdisc } from "./instdisc.ts";
export { nce, nceChance, type NceInput, type NceResult } from "./nce.ts";
export { type InstdiscOptions, options } from "./options.ts";
export type { SampledRows } from "./sampled-logits.ts";
