export { byol } from "./byol.ts";
export type { ByolOptions } from "./options.ts";
export { regressionLoss } from "./regression-loss.ts";
