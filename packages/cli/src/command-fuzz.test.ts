import { it } from "vitest";

import { fuzzCommands } from "./command-fuzz.test.data.ts";

it("60 random command lines and configs end as documented", () => fuzzCommands(60, 1), 120_000);
