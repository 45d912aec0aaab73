import { testEncoder } from "@tssl/core/testing";

import encoder from "./encoder.ts";

await testEncoder(encoder, { imageSize: 16, viewSizes: [[24, 16]] });
