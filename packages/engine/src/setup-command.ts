import { parseArgs } from "node:util";

import { isSetUpForGpu } from "./accelerator.ts";
import { messageOf } from "./errors.ts";
import { lastAddon } from "./installed.ts";
import { tensorflowNotNeeded } from "./messages/not-set-up.ts";
import { gpuAndCpu, withoutCardAlone } from "./messages/options.ts";
import { setupGpu } from "./setup/gpu-setup.ts";
import { setupEngine } from "./setup/setup.ts";

const HELP = `Usage: tssl-engine-setup [--gpu [--without-card] | --cpu | --tensorflow-gpu [--no-cuda-libraries]] [--verify]

Downloads TensorFlow's library into the user's cache, builds the addon for Node, and checks its results.

  --gpu                 instead of TensorFlow: asks the GPU's driver, downloads what computes on it (JAX's
                        PJRT plugin and NVIDIA's libraries of CUDA 13: 2.1 GB, keeps 3.1 GB), and proves it
                        by some steps
  --without-card        with --gpu: download all of it for a card that is elsewhere, and prove nothing
  --cpu                 TensorFlow for the CPU (downloads 274 MB, keeps 860 MB); the default, unless an
                        earlier set-up was with --gpu or --tensorflow-gpu
  --tensorflow-gpu      TensorFlow's own library for NVIDIA GPUs up to Hopper, with CUDA 12 (downloads 3.4 GB,
                        keeps 5.7 GB), for engine.backend tensorflow
  --no-cuda-libraries   with --tensorflow-gpu: use the CUDA 12 libraries of this machine
  --verify              compare the unpacked libraries by their hashes, and repeat the checks
  --help                show this text

Environment: TSSL_CACHE (cache folder), TSSL_PYTHON (a Python 3 with pip), CXX (C++ compiler).
`;

process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

try {
  const { values } = parseArgs({
    options: {
      gpu: { type: "boolean" },
      "without-card": { type: "boolean" },
      cpu: { type: "boolean" },
      "tensorflow-gpu": { type: "boolean" },
      "no-cuda-libraries": { type: "boolean" },
      verify: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) process.stdout.write(HELP);
  else await setUp(values);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}

interface Flags {
  readonly gpu?: boolean;
  readonly "without-card"?: boolean;
  readonly cpu?: boolean;
  readonly "tensorflow-gpu"?: boolean;
  readonly "no-cuda-libraries"?: boolean;
  readonly verify?: boolean;
}

async function setUp(flags: Flags): Promise<void> {
  const { gpu, cpu, "tensorflow-gpu": tensorflowGpu, "without-card": withoutCard, verify } = flags;
  if ([gpu, cpu, tensorflowGpu].filter(Boolean).length > 1) throw gpuAndCpu();
  if (withoutCard && !gpu) throw withoutCardAlone();
  const log = (line: string): void => console.log(line);
  const again = verify ? { verify: true } : {};
  const isAsked = gpu || cpu || tensorflowGpu;
  if (gpu || (!isAsked && lastAddon() === undefined && (await isSetUpForGpu()))) {
    const { plugin, verdict } = await setupGpu({ ...(withoutCard && { withoutCard: true }), ...again, log });
    log(
      verdict === undefined
        ? `For a GPU that is elsewhere: ${plugin}`
        : `The engine is ready: steps run on ${verdict.proof.deviceName}, by ${plugin}`,
    );
    log(tensorflowNotNeeded());
    return;
  }
  const { flavour, tensorflowVersion, libraryFolder } = await setupEngine({
    ...(tensorflowGpu && { gpu: true, cudaLibraries: !flags["no-cuda-libraries"] }),
    ...(cpu && { gpu: false }),
    ...again,
    log,
  });
  log(
    `The engine is ready: TensorFlow ${tensorflowVersion} for ${flavour.toUpperCase()}, in ${libraryFolder}`,
  );
}
