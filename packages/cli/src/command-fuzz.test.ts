import { it } from "vitest";

import { fuzzCommands } from "./command-fuzz.test.data.ts";

it("100 random command lines and configs end as documented", () => fuzzCommands(100, 1), 120_000);
