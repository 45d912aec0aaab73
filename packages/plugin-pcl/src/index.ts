export { density, type DensityInput } from "./density.ts";
export type { PclOptions } from "./options.ts";
export { pcl, pclV1 } from "./pcl.ts";
export {
  prototypeContrast,
  type PrototypeContrastInput,
  type PrototypeContrastResult,
} from "./prototype-contrast.ts";
