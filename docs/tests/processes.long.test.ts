import { compositions } from "../../packages/cli/src/compositions.test.data.ts";
import { testProcesses } from "./processes.test.data.ts";

testProcesses(compositions, { processes: 2, replicas: 2 });
