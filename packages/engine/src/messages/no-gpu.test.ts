import * as messages from "./no-gpu.ts";
import { eachIsHere, errors, exampleOf } from "./sentences.test.data.ts";

const bare = { isContainer: false, isWsl: false };
const needed = { cuda: "13.0", driver: 580 };

errors([
  [
    "NO_GPU",
    messages.noUsableGpu(false),
    "A GPU was requested, but TensorFlow cannot use one (there is no NVIDIA driver). " +
      'Check that "nvidia-smi" lists a GPU; set TF_CPP_MIN_LOG_LEVEL=0 to see TensorFlow\'s log.',
  ],
  ["NO_GPU", messages.setUpForCpu(), exampleOf("NO_GPU")],
  [
    "NO_GPU",
    messages.noGpuHere(bare),
    'This machine shows no GPU: no driver of NVIDIA or AMD lists one. The CPU needs no more than "npx ' +
      'tssl-engine-setup"; --without-card fetches what a GPU needs all the same.',
  ],
  [
    "NO_GPU",
    messages.noGpuHere({ ...bare, isContainer: true }),
    "This machine shows no GPU: no driver of NVIDIA or AMD lists one. Start the container with its GPUs " +
      '("docker run --gpus all", with NVIDIA_DRIVER_CAPABILITIES=compute,utility). The CPU needs no more ' +
      'than "npx tssl-engine-setup"; --without-card fetches what a GPU needs all the same.',
  ],
  [
    "NO_GPU",
    messages.gpusHidden("-1"),
    'CUDA_VISIBLE_DEVICES is "-1", which hides every GPU. Unset it, or name the GPUs to use: ' +
      "CUDA_VISIBLE_DEVICES=0.",
  ],
  [
    "NO_GPU",
    messages.driverLibraryMissing(bare),
    "NVIDIA's driver is in the kernel, but its library libcuda.so.1 cannot be loaded. Install NVIDIA's " +
      'driver, and see that "nvidia-smi" lists the GPU.',
  ],
  [
    "NO_GPU",
    messages.driverLibraryMissing({ ...bare, isWsl: true }),
    "NVIDIA's driver is in the kernel, but its library libcuda.so.1 cannot be loaded. Install NVIDIA's " +
      'driver in Windows, and run "wsl --update" there.',
  ],
  [
    "NO_GPU",
    messages.driverRefuses(100, bare),
    "NVIDIA's driver does not start (CUDA error 100: it finds no GPU). Install NVIDIA's driver, and see " +
      'that "nvidia-smi" lists the GPU.',
  ],
  [
    "NO_GPU",
    messages.driverRefuses(804, bare),
    "NVIDIA's driver does not start (CUDA error 804: a newer CUDA's compatibility library stands before " +
      "the driver's own). Take its folder (such as /usr/local/cuda/compat) out of LD_LIBRARY_PATH.",
  ],
  [
    "NO_GPU",
    messages.driverRefuses(999, bare),
    "NVIDIA's driver does not start (CUDA error 999). Install NVIDIA's driver, and see that " +
      '"nvidia-smi" lists the GPU.',
  ],
  [
    "NO_GPU",
    messages.driverTooOld({ cuda: "12.8", version: "570.86.15" }, needed),
    "NVIDIA's driver 570.86.15 runs CUDA 12.8 at most, and the plugin needs 13.0. Install driver 580 or " +
      'later. "npx tssl-engine-setup --tensorflow-gpu" takes TensorFlow\'s CUDA 12 instead.',
  ],
  [
    "NO_GPU",
    messages.driverTooOld({ cuda: "12.8", version: undefined }, needed),
    "NVIDIA's driver runs CUDA 12.8 at most, and the plugin needs 13.0. Install driver 580 or later. " +
      '"npx tssl-engine-setup --tensorflow-gpu" takes TensorFlow\'s CUDA 12 instead.',
  ],
  [
    "NO_GPU",
    messages.cardTooOld({ name: "Tesla V100", major: 7, minor: 0, memory: 16e9 }, "7.5"),
    "Tesla V100 has compute capability 7.0, and the plugin has code from 7.5 on. Run " +
      '"npx tssl-engine-setup --tensorflow-gpu", whose TensorFlow has code from 6.0 on.',
  ],
]);

eachIsHere(messages, import.meta.url);
