import { keepsMemoryLevel } from "./memory.test.cases.ts";

keepsMemoryLevel(10_000);
