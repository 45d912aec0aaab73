import { testPlugin } from "@tssl/core/testing";
import { moco, mocoV1 } from "@tssl/plugin-moco";

import { clsa } from "./clsa.ts";

const onMoco = { use: moco, queueSize: 16, dim: 8 };
const stopGradients = ["query", "key"];

await testPlugin(clsa, { on: [onMoco, { ...onMoco, use: mocoV1 }], stopGradients });
await testPlugin(clsa, {
  on: [onMoco],
  options: { strongViews: 2, detachTeacher: false },
  stopGradients: ["key"],
});
await testPlugin(clsa, { on: [onMoco], options: { loss: "contrastive" }, stopGradients });
