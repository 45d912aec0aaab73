import * as messages from "./not-set-up.ts";
import { eachIsHere, errors, exampleOf, sentences } from "./sentences.test.data.ts";

const systemError = Object.assign(new Error("denied"), { code: "EACCES" });

errors([
  [
    "NOT_SET_UP",
    messages.librariesMissing("/cache/tensorflow"),
    "TensorFlow's libraries are missing from /cache/tensorflow. " + 'Run "npx tssl-engine-setup".',
  ],
  [
    "NOT_SET_UP",
    messages.devicePluginMissing(),
    'Mode "pjrt" needs the plugin of a device (PJRT), and there is none. ' +
      'Run "npx tssl-engine-setup --gpu", or set TSSL_PJRT_PLUGIN to the file of one.',
  ],
  [
    "NOT_SET_UP",
    messages.gpuNotSetUp(["NVIDIA H100"]),
    'This machine has a GPU (NVIDIA H100) that is not set up. Run "npx tssl-engine-setup --gpu".',
  ],
  [
    "NOT_SET_UP",
    messages.twoCudas(),
    "TensorFlow is set up with CUDA 12, which cannot be in one process with the CUDA 13 of engine.backend " +
      'pjrt. Run "npx tssl-engine-setup --gpu", or set engine.backend to tensorflow.',
  ],
  ["NOT_SET_UP", messages.notSetUp(systemError), exampleOf("NOT_SET_UP")],
  [
    "NOT_SET_UP",
    messages.tensorflowNotSetUp(),
    "The modes eager, graph and xla and the replay of steps run in TensorFlow, which is not set up. " +
      'Run "npx tssl-engine-setup".',
  ],
  [
    "NOT_SET_UP",
    messages.setUpForOtherVersions(
      { tensorflow: "2.21.0", tfjsNode: "4.22.0" },
      { tensorflow: "2.20.0", tfjsNode: "4.21.0" },
    ),
    "The engine is set up for TensorFlow 2.20.0 and tfjs-node 4.21.0, but needs 2.21.0 and 4.22.0. " +
      'Run "npx tssl-engine-setup".',
  ],
]);

sentences([
  [
    messages.tensorflowNotNeeded(),
    "The GPU needs no TensorFlow; runs on the CPU and the engine's other modes do: npx tssl-engine-setup",
  ],
]);

eachIsHere(messages, import.meta.url);
