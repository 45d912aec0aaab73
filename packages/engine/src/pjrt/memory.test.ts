import { keepsMemoryLevel } from "./memory.test.cases.ts";

keepsMemoryLevel(1000);
