export { clsa } from "./clsa.ts";
export { ddm, type DdmInput } from "./ddm.ts";
export type { ClsaOptions } from "./options.ts";
