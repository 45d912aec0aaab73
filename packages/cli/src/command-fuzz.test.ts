import { it } from "vitest";

import { fuzzCommands } from "./command-fuzz.test.data.ts";

it("20 random command lines and configs end as documented", () => fuzzCommands(20, 1), 120_000);
