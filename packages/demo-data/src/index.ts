export { cifar10Subset } from "./cifar10-subset.ts";
