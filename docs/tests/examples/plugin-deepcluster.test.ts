import { startEngine } from "@tssl/engine";
import { beforeAll } from "vitest";

import { runExamples } from "../run-examples.ts";

beforeAll(() => startEngine({ device: "cpu" }));

runExamples("plugin-deepcluster");
