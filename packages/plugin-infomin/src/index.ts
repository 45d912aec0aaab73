export { infomin } from "./infomin.ts";
export type { InfominOptions, PirlOptions } from "./options.ts";
export { pirl } from "./pirl.ts";
