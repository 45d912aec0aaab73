import { expect, it } from "vitest";

import { cudaDriver } from "../cuda-driver.ts";
import { installPlugin } from "../setup/device-plugin.ts";
import { openClient } from "./client.ts";
import { openPlugin } from "./plugin.ts";
import { CUDA13 } from "./plugins.ts";
import { clientOptions } from "./process-client.ts";

// With a download of 135 MB at the first time.
it.skipIf(cudaDriver() !== undefined)(
  "CUDA's plugin takes the settings of a client, and misses but the GPUs",
  { timeout: 600_000 },
  async () => {
    const plugin = openPlugin(await installPlugin(CUDA13));
    const options = clientOptions("cuda", { gpuMemoryGrowth: false, replicas: 2 });
    expect(options["visible_devices"]).toEqual([0, 1]);
    expect(() => openClient(plugin, options)).toThrow("No visible GPU devices");
    expect(() => openClient(plugin, { ...options, visible_devices: 0 })).toThrow("visible_devices has type");
  },
);
