import { compositions } from "../../packages/cli/src/compositions.test.data.ts";
import { testReplicas } from "./replicas.test.data.ts";

/** Batch norm over all images, and gradients through `gather`. */
const chosen = ["simclr + clsa, LARS"];

testReplicas(
  compositions.filter(({ name }) => chosen.includes(name)),
  [2],
);
