export { moco, mocoV1 } from "./moco.ts";
export type { MocoOptions } from "./options.ts";
