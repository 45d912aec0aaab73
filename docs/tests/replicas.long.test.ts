import { compositions } from "../../packages/cli/src/compositions.test.data.ts";
import { testReplicas } from "./replicas.test.data.ts";

/** Its two groups of batch norm are none of four replicas. */
const inTwoGroups = compositions.filter(({ name }) => name.includes("shuffled batch norm"));

testReplicas(
  compositions.filter((composition) => !inTwoGroups.includes(composition)),
  [2, 4],
);
testReplicas(inTwoGroups, [2]);
