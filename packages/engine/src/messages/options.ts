// The sentences of errors INVALID_OPTION on what the engine and its set-up are started with.

import { EngineError } from "../errors.ts";

export const compiledModeNeeded = (precision: string): EngineError =>
  new EngineError("INVALID_OPTION", `precision "${precision}" needs mode "graph" or "xla", got "eager".`, {
    data: { option: "mode", precision, got: "eager" },
  });

export const gpuAndCpu = (): EngineError =>
  new EngineError("INVALID_OPTION", "Only one of --gpu, --cpu and --tensorflow-gpu can be used.", {
    data: { options: ["--gpu", "--cpu", "--tensorflow-gpu"] },
  });

export const withoutCardAlone = (): EngineError =>
  new EngineError("INVALID_OPTION", "--without-card belongs to --gpu.", {
    remedy: 'Run "npx tssl-engine-setup --gpu --without-card".',
  });

export const invalidThreads = (got: number): EngineError =>
  new EngineError("INVALID_OPTION", `threads must be a whole number, 1 or more, got ${got}.`, {
    data: { option: "threads", got },
  });

export const invalidReplicas = (got: number): EngineError =>
  new EngineError("INVALID_OPTION", `replicas must be a whole number, 1 or more, got ${got}.`, {
    data: { option: "replicas", got },
  });

/** @param kinds of the devices that are there. */
export const notAsManyDevices = (replicas: number, kinds: readonly string[]): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `${replicas} replicas need as many devices of one kind, and this process sees ` +
      `${kinds.length === 1 ? "one" : kinds.length}: ${kinds.join(", ")}.`,
    {
      remedy: "Set engine.replicas to the number of equal GPUs; CUDA_VISIBLE_DEVICES hides others.",
      data: { option: "replicas", got: replicas, kinds },
    },
  );

export const replicasOfTensorflow = (replicas: number, mode: string): EngineError =>
  new EngineError(
    "INVALID_OPTION",
    `${replicas} replicas need as many processes, or the plugin of a device (mode pjrt): here one process ` +
      `computes by TensorFlow, in mode ${mode}.`,
    {
      remedy:
        `Start them with "tssl train --processes ${replicas}"; or, on a machine with GPUs, run ` +
        '"npx tssl-engine-setup --gpu" and set engine.backend to pjrt; or set engine.replicas to 1.',
      data: { option: "replicas", got: replicas, mode },
    },
  );
