import { runExamples } from "../run-examples.ts";

runExamples("augment-zoo");
