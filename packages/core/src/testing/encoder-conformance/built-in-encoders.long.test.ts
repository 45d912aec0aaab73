import { resnet20 } from "../../networks/resnet.ts";
import { testEncoder } from "./test-encoder.ts";

const small = { imageSize: 16, viewSizes: [[24, 16]] } as const;

await testEncoder(resnet20, small);
await testEncoder(resnet20, { ...small, options: { norm: "layer", recompute: true } });
