export { instdisc } from "./instdisc.ts";
export { nce, nceChance, type NceInput, type NceResult } from "./nce.ts";
export { type InstdiscOptions, options } from "./options.ts";
