import { compositions } from "../../packages/cli/src/compositions.test.data.ts";
import { testProcesses } from "./processes.test.data.ts";

/** Two groups of batch norm are none of four replicas. */
testProcesses(
  compositions.filter(({ name }) => !name.includes("shuffled batch norm")),
  { processes: 2, replicas: 4 },
);
