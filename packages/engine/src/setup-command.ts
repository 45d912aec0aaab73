import { parseArgs } from "node:util";

import { messageOf } from "./errors.ts";
import * as messages from "./messages.ts";
import { setupEngine } from "./setup/setup.ts";

const HELP = `Usage: tssl-engine-setup [--gpu [--no-cuda-libraries] | --cpu] [--verify]

Downloads TensorFlow's library into the user's cache, builds the addon for Node, and checks its results.

  --gpu                 TensorFlow for NVIDIA GPUs, with CUDA 12 libraries (downloads 3.4 GB, keeps 5.7 GB)
  --cpu                 TensorFlow for the CPU (downloads 274 MB, keeps 860 MB); the default, unless the last
                        set-up was with --gpu
  --no-cuda-libraries   with --gpu: use the CUDA 12 libraries of this machine
  --verify              compare the unpacked libraries by their hashes, and repeat the check
  --help                show this text

Environment: TSSL_CACHE (cache folder), TSSL_PYTHON (a Python 3 with pip), CXX (C++ compiler).
`;

process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

try {
  const { values } = parseArgs({
    options: {
      gpu: { type: "boolean" },
      cpu: { type: "boolean" },
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
  readonly cpu?: boolean;
  readonly "no-cuda-libraries"?: boolean;
  readonly verify?: boolean;
}

async function setUp({ gpu, cpu, verify, "no-cuda-libraries": noCuda }: Flags): Promise<void> {
  if (gpu && cpu) throw messages.gpuAndCpu();
  const log = (line: string): void => console.log(line);
  const { flavour, tensorflowVersion, libraryFolder } = await setupEngine({
    ...(gpu && { gpu: true, cudaLibraries: !noCuda }),
    ...(cpu && { gpu: false }),
    ...(verify && { verify: true }),
    log,
  });
  log(
    `The engine is ready: TensorFlow ${tensorflowVersion} for ${flavour.toUpperCase()}, in ${libraryFolder}`,
  );
}
