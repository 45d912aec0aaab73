export { defineRun, type RunDefinition } from "./define-run.ts";
