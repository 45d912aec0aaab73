import { parseArgs } from "node:util";

import { messageOf } from "./errors.ts";
import { setupEngine } from "./setup/setup.ts";

const HELP = `Usage: tssl-engine-setup [--gpu [--no-cuda-libraries]] [--verify]

Downloads TensorFlow's library into the user's cache, builds the addon for Node against it and proves the result.

  --gpu                 the TensorFlow for NVIDIA GPUs, with CUDA 12 libraries (downloads 3.4 GB, keeps 5.7 GB)
  --no-cuda-libraries   with --gpu: use the CUDA 12 libraries of this machine
  --verify              compare the unpacked libraries by their hashes and repeat the proof
  --help                this text

Environment: TSSL_CACHE the cache folder, TSSL_PYTHON the Python 3 with pip, CXX the C++ compiler.
`;

process.once("SIGINT", () => process.exit(130));
process.once("SIGTERM", () => process.exit(143));

try {
  const { values } = parseArgs({
    options: {
      gpu: { type: "boolean", default: false },
      "no-cuda-libraries": { type: "boolean", default: false },
      verify: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) process.stdout.write(HELP);
  else await setUp(values.gpu, !values["no-cuda-libraries"], values.verify);
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}

async function setUp(gpu: boolean, cudaLibraries: boolean, verify: boolean): Promise<void> {
  const log = (line: string): void => console.log(line);
  const { flavour, tensorflowVersion, libraryFolder } = await setupEngine({
    gpu,
    cudaLibraries,
    verify,
    log,
  });
  log(
    `The engine is ready: TensorFlow ${tensorflowVersion} for ${flavour.toUpperCase()}, in ${libraryFolder}`,
  );
}
