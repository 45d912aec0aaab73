import type { Topology } from "./deviceless.ts";

/** A GPU as XLA's compiler asks for it, from NVIDIA's data sheets. */
export interface Card {
  readonly name: string;
  /** Compute capability. */
  readonly major: number;
  readonly minor: number;
  /**
   * Whether code for its architecture alone ("sm_90a") may be made, as on Hopper and data-centre Blackwell.
   */
  readonly hasOwnFeatures: boolean;
  /** Streaming multiprocessors. */
  readonly multiprocessors: number;
  /** Bytes each second, and in all. */
  readonly bandwidth: number;
  readonly memory: number;
  readonly cache: number;
  readonly gigahertz: number;
  /** Shared memory of a multiprocessor, and of a block that asks for all of it. */
  readonly shared: number;
  readonly sharedOfBlock: number;
  readonly threads: number;
  /** The most dense floating-point operations each second, in 1e12, by the number format of products. */
  readonly teraflops: { readonly float32: number; readonly tf32: number; readonly bfloat16: number };
}

const HOPPER = { shared: 233_472, sharedOfBlock: 232_448, threads: 2048, hasOwnFeatures: true };
const ADA = { shared: 102_400, sharedOfBlock: 101_376, threads: 1536, hasOwnFeatures: false };

/** Cards by the name that a command line gives. */
export const CARDS = {
  rtx2080ti: {
    ...{ name: "NVIDIA GeForce RTX 2080 Ti", major: 7, minor: 5, hasOwnFeatures: false },
    ...{ multiprocessors: 68, bandwidth: 616e9, memory: 11_811_160_064, cache: 5_767_168 },
    ...{ gigahertz: 1.545, shared: 65_536, sharedOfBlock: 65_536, threads: 1024 },
    teraflops: { float32: 13.4, tf32: 13.4, bfloat16: 13.4 },
  },
  a100: {
    ...{ name: "NVIDIA A100-SXM4-80GB", major: 8, minor: 0, hasOwnFeatures: false },
    ...{ multiprocessors: 108, bandwidth: 2039e9, memory: 85_094_825_984, cache: 41_943_040 },
    ...{ gigahertz: 1.41, shared: 167_936, sharedOfBlock: 166_912, threads: 2048 },
    teraflops: { float32: 19.5, tf32: 156, bfloat16: 312 },
  },
  rtx4090: {
    ...{ name: "NVIDIA GeForce RTX 4090", major: 8, minor: 9, ...ADA },
    ...{ multiprocessors: 128, bandwidth: 1008e9, memory: 25_757_220_864, cache: 75_497_472 },
    gigahertz: 2.52,
    teraflops: { float32: 82.6, tf32: 82.6, bfloat16: 165 },
  },
  h100: {
    ...{ name: "NVIDIA H100 80GB HBM3", major: 9, minor: 0, ...HOPPER },
    ...{ multiprocessors: 132, bandwidth: 3_352_320_000_000, memory: 84_942_979_072, cache: 52_428_800 },
    gigahertz: 1.98,
    teraflops: { float32: 67, tf32: 494, bfloat16: 989 },
  },
  b200: {
    ...{ name: "NVIDIA B200", major: 10, minor: 0, ...HOPPER },
    ...{ multiprocessors: 148, bandwidth: 7_672_320_000_000, memory: 191_514_411_008, cache: 132_644_864 },
    gigahertz: 1.965,
    teraflops: { float32: 80, tf32: 1100, bfloat16: 2250 },
  },
  rtx5090: {
    ...{ name: "NVIDIA GeForce RTX 5090", major: 12, minor: 0, ...ADA },
    ...{ multiprocessors: 170, bandwidth: 1792e9, memory: 34_190_458_880, cache: 100_663_296 },
    gigahertz: 2.41,
    teraflops: { float32: 104.8, tf32: 104.8, bfloat16: 209.5 },
  },
} as const satisfies Readonly<Record<string, Card>>;

export type CardName = keyof typeof CARDS;

/** So many of such cards in one machine, as XLA's GpuTargetConfigProto in text. */
export function topologyOf(card: Card, count = 1): Topology {
  const target = `gpu_device_info {
  threads_per_block_limit: 1024 threads_per_warp: 32
  shared_memory_per_block: 49152 shared_memory_per_core: ${card.shared}
  shared_memory_per_block_optin: ${card.sharedOfBlock}
  threads_per_core_limit: ${card.threads} core_count: ${card.multiprocessors} fpus_per_core: 128
  block_dim_limit_x: 2147483647 block_dim_limit_y: 65535 block_dim_limit_z: 65535
  thread_dim_limit_x: 1024 thread_dim_limit_y: 1024 thread_dim_limit_z: 64
  memory_bandwidth: ${card.bandwidth} l2_cache_size: ${card.cache} clock_rate_ghz: ${card.gigahertz}
  device_memory_size: ${card.memory}
  cuda_compute_capability {
    major: ${card.major} minor: ${card.minor}
    feature_extension: ${card.hasOwnFeatures ? "ACCELERATED_FEATURES" : "NONE"}
  }
  registers_per_core_limit: 65536 registers_per_block_limit: 65536
  device_vendor: "NVIDIA Corporation" device_address_bits: 64 pcie_bandwidth: 34359738368
  name: "${card.name}"
  driver_version: "13.0.0" runtime_version: "13.0.0" compile_time_toolkit_version: "13.0.0"
  dnn_version: "9.10.0"
}
platform_name: "CUDA"
dnn_version_info { major: 9 minor: 10 patch: 0 }
device_description_str: "${card.name}"
`;
  return { platform: "cuda", options: { target_config: target, topology: `1x1x${count}` } };
}
