// The sentences of errors NOT_SET_UP, and a line of the set-up on what is not needed.

import { EngineError } from "../errors.ts";
import { SET_UP } from "./remedies.ts";

export const librariesMissing = (folder: string): EngineError =>
  new EngineError("NOT_SET_UP", `TensorFlow's libraries are missing from ${folder}.`, {
    remedy: SET_UP,
    data: { folder },
  });

export const devicePluginMissing = (): EngineError =>
  new EngineError("NOT_SET_UP", 'Mode "pjrt" needs the plugin of a device (PJRT), and there is none.', {
    remedy: 'Run "npx tssl-engine-setup --gpu", or set TSSL_PJRT_PLUGIN to the file of one.',
  });

/** @param names of GPUs. */
export const gpuNotSetUp = (names: readonly string[]): EngineError =>
  new EngineError("NOT_SET_UP", `This machine has a GPU (${names.join(", ")}) that is not set up.`, {
    remedy: 'Run "npx tssl-engine-setup --gpu".',
    data: { names },
  });

export const twoCudas = (): EngineError =>
  new EngineError(
    "NOT_SET_UP",
    "TensorFlow is set up with CUDA 12, which cannot be in one process with the CUDA 13 of engine.backend " +
      "pjrt.",
    { remedy: 'Run "npx tssl-engine-setup --gpu", or set engine.backend to tensorflow.' },
  );

export const notSetUp = (cause: unknown): EngineError =>
  new EngineError("NOT_SET_UP", "The engine is not set up yet.", { remedy: SET_UP, cause });

export const tensorflowNotSetUp = (): EngineError =>
  new EngineError(
    "NOT_SET_UP",
    "The modes eager, graph and xla and the replay of steps run in TensorFlow, which is not set up.",
    { remedy: SET_UP },
  );

/** A line of the set-up for a GPU. */
export const tensorflowNotNeeded = (): string =>
  "The GPU needs no TensorFlow; runs on the CPU and the engine's other modes do: npx tssl-engine-setup";

/** Versions of TensorFlow and tfjs-node. */
interface Versions {
  readonly tensorflow: string;
  readonly tfjsNode: string;
}

export const setUpForOtherVersions = (needed: Versions, found: Versions): EngineError =>
  new EngineError(
    "NOT_SET_UP",
    `The engine is set up for TensorFlow ${found.tensorflow} and tfjs-node ${found.tfjsNode}, ` +
      `but needs ${needed.tensorflow} and ${needed.tfjsNode}.`,
    { remedy: SET_UP, data: { needed, found } },
  );
