import { compositions } from "../../packages/cli/src/compositions.test.data.ts";
import { testProcesses } from "./processes.test.data.ts";

/** Batch norm over all images, and gradients through `gather`. */
const chosen = ["simclr + clsa, LARS"];

testProcesses(
  compositions.filter(({ name }) => chosen.includes(name)),
  { processes: 2, replicas: 2 },
);
