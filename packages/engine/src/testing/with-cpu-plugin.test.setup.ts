import { compiledModes } from "./modes.ts";

await compiledModes();
