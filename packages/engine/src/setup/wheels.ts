import type { Platform } from "./platform.ts";

export type Flavour = "cpu" | "gpu";

/** A wheel of the Python package index, pinned by its hash, and the files of it that the engine uses. */
export interface Wheel {
  readonly file: string;
  readonly project: string;
  readonly version: string;
  /** pip's name of the platform that the wheel was built for. */
  readonly pipPlatform: string;
  readonly sha256: string;
  readonly downloadBytes: number;
  readonly unpackedBytes: number;
  /** Matches the paths that are unpacked; no two wheels of a folder share one. */
  readonly wanted: RegExp;
}

export const TENSORFLOW_VERSION = "2.21.0";

/** The libraries, and the headers that the addon's sources include. */
const TENSORFLOW_FILES = [
  "libtensorflow_cc.so.2",
  "libtensorflow_framework.so.2",
  "include/tensorflow/c/",
  "include/tensorflow/core/common_runtime/next_pluggable_device/c/tf_rendezvous_c_api.h",
  "include/tensorflow/core/platform/ctstring",
  "include/tsl/platform/ctstring",
  "include/tsl/platform/platform.h",
  "include/xla/tsl/c/",
];

const tensorflowWheel = (pin: Omit<Wheel, "version" | "wanted">): Wheel => ({
  ...pin,
  version: TENSORFLOW_VERSION,
  wanted: new RegExp(`^tensorflow/(${TENSORFLOW_FILES.join("|").replaceAll(".", "\\.")})`),
});

type PinOfNvidia = Omit<Wheel, "wanted"> & {
  /** Folder of the wheel to unpack. */
  readonly root: string;
};

const cudaWheel = ({ root, ...pin }: PinOfNvidia): Wheel => ({
  ...pin,
  wanted: new RegExp(`^(?!.*(/include/|\\.a$))${root}/`),
});

/**
 * TensorFlow wheels for CPython 3.11, without their Python code. On arm64 the project "tensorflow" is the CPU
 * build.
 */
const CPU: Readonly<Record<Platform, Wheel>> = {
  "linux-x64": tensorflowWheel({
    file: "tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
    project: "tensorflow-cpu",
    pipPlatform: "manylinux_2_27_x86_64",
    sha256: "2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c",
    downloadBytes: 273_829_956,
    unpackedBytes: 854_000_000,
  }),
  "linux-arm64": tensorflowWheel({
    file: "tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl",
    project: "tensorflow",
    pipPlatform: "manylinux_2_27_aarch64",
    sha256: "4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c",
    downloadBytes: 281_828_020,
    unpackedBytes: 884_000_000,
  }),
};

const GPU_TENSORFLOW = tensorflowWheel({
  file: "tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl",
  project: "tensorflow",
  pipPlatform: "manylinux_2_27_x86_64",
  sha256: "9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124",
  downloadBytes: 572_440_367,
  unpackedBytes: 1_260_000_000,
});

/** CUDA 12, in versions that the extra "and-cuda" of TensorFlow's wheel allows. */
const CUDA_LIBRARIES: readonly Wheel[] = [
  cudaWheel({
    file: "nvidia_cublas_cu12-12.9.3.13-py3-none-manylinux_2_27_x86_64.whl",
    project: "nvidia-cublas-cu12",
    version: "12.9.3.13",
    pipPlatform: "manylinux_2_27_x86_64",
    sha256: "d7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72",
    downloadBytes: 581_217_458,
    unpackedBytes: 855_064_416,
    root: "nvidia/cublas",
  }),
  cudaWheel({
    file: "nvidia_cuda_cupti_cu12-12.8.90-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    project: "nvidia-cuda-cupti-cu12",
    version: "12.8.90",
    pipPlatform: "manylinux2014_x86_64",
    sha256: "ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182",
    downloadBytes: 10_248_621,
    unpackedBytes: 41_311_976,
    root: "nvidia/cuda_cupti",
  }),
  cudaWheel({
    file: "nvidia_cuda_nvcc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    project: "nvidia-cuda-nvcc-cu12",
    version: "12.9.86",
    pipPlatform: "manylinux2010_x86_64",
    sha256: "5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0",
    downloadBytes: 40_546_229,
    unpackedBytes: 97_998_760,
    root: "nvidia/cuda_nvcc",
  }),
  cudaWheel({
    file: "nvidia_cuda_nvrtc_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    project: "nvidia-cuda-nvrtc-cu12",
    version: "12.9.86",
    pipPlatform: "manylinux2010_x86_64",
    sha256: "210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4",
    downloadBytes: 89_568_129,
    unpackedBytes: 227_340_992,
    root: "nvidia/cuda_nvrtc",
  }),
  cudaWheel({
    file: "nvidia_cuda_runtime_cu12-12.9.79-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    project: "nvidia-cuda-runtime-cu12",
    version: "12.9.79",
    pipPlatform: "manylinux2014_x86_64",
    sha256: "25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3",
    downloadBytes: 3_493_179,
    unpackedBytes: 741_088,
    root: "nvidia/cuda_runtime",
  }),
  cudaWheel({
    file: "nvidia_cudnn_cu12-9.28.0.42-py3-none-manylinux_2_27_x86_64.whl",
    project: "nvidia-cudnn-cu12",
    version: "9.28.0.42",
    pipPlatform: "manylinux_2_27_x86_64",
    sha256: "9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375",
    downloadBytes: 716_538_495,
    unpackedBytes: 1_162_393_472,
    root: "nvidia/cudnn",
  }),
  cudaWheel({
    file: "nvidia_cufft_cu12-11.4.1.4-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    project: "nvidia-cufft-cu12",
    version: "11.4.1.4",
    pipPlatform: "manylinux2014_x86_64",
    sha256: "c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28",
    downloadBytes: 200_877_592,
    unpackedBytes: 293_609_416,
    root: "nvidia/cufft",
  }),
  cudaWheel({
    file: "nvidia_curand_cu12-10.3.10.19-py3-none-manylinux_2_27_x86_64.whl",
    project: "nvidia-curand-cu12",
    version: "10.3.10.19",
    pipPlatform: "manylinux_2_27_x86_64",
    sha256: "49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e",
    downloadBytes: 68_295_626,
    unpackedBytes: 166_965_432,
    root: "nvidia/curand",
  }),
  cudaWheel({
    file: "nvidia_cusolver_cu12-11.7.5.82-py3-none-manylinux_2_27_x86_64.whl",
    project: "nvidia-cusolver-cu12",
    version: "11.7.5.82",
    pipPlatform: "manylinux_2_27_x86_64",
    sha256: "15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88",
    downloadBytes: 338_117_415,
    unpackedBytes: 494_975_064,
    root: "nvidia/cusolver",
  }),
  cudaWheel({
    file: "nvidia_cusparse_cu12-12.5.10.65-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl",
    project: "nvidia-cusparse-cu12",
    version: "12.5.10.65",
    pipPlatform: "manylinux2014_x86_64",
    sha256: "73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78",
    downloadBytes: 366_465_088,
    unpackedBytes: 486_556_368,
    root: "nvidia/cusparse",
  }),
  cudaWheel({
    file: "nvidia_nccl_cu12-2.32.3-py3-none-manylinux_2_27_x86_64.whl",
    project: "nvidia-nccl-cu12",
    version: "2.32.3",
    pipPlatform: "manylinux_2_27_x86_64",
    sha256: "bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c",
    downloadBytes: 351_526_311,
    unpackedBytes: 489_653_380,
    root: "nvidia/nccl",
  }),
  cudaWheel({
    file: "nvidia_nvjitlink_cu12-12.9.86-py3-none-manylinux2010_x86_64.manylinux_2_12_x86_64.whl",
    project: "nvidia-nvjitlink-cu12",
    version: "12.9.86",
    pipPlatform: "manylinux2010_x86_64",
    sha256: "e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9",
    downloadBytes: 39_748_338,
    unpackedBytes: 95_935_344,
    root: "nvidia/nvjitlink",
  }),
];

/** The wheels of a flavour, TensorFlow first; undefined if there are none for the platform. */
export function wheelsOf(
  flavour: Flavour,
  platform: Platform,
  withCuda: boolean,
): readonly Wheel[] | undefined {
  if (flavour === "cpu") return [CPU[platform]];
  if (platform !== "linux-x64") return undefined;
  return withCuda ? [GPU_TENSORFLOW, ...CUDA_LIBRARIES] : [GPU_TENSORFLOW];
}
