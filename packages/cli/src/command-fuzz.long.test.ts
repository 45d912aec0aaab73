import { it } from "vitest";

import { fuzzCommands } from "./command-fuzz.test.data.ts";

const seed = Number(process.env["TSSL_FUZZ_SEED"] ?? 2);

it("2,000 random command lines and configs end as documented", () => fuzzCommands(2000, seed), 1_800_000);
