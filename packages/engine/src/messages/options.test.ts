import * as messages from "./options.ts";
import { eachIsHere, errors, exampleOf } from "./sentences.test.data.ts";

errors([
  ["INVALID_OPTION", messages.compiledModeNeeded("bfloat16"), exampleOf("INVALID_OPTION")],
  ["INVALID_OPTION", messages.gpuAndCpu(), "Only one of --gpu, --cpu and --tensorflow-gpu can be used."],
  [
    "INVALID_OPTION",
    messages.withoutCardAlone(),
    '--without-card belongs to --gpu. Run "npx tssl-engine-setup --gpu --without-card".',
  ],
  ["INVALID_OPTION", messages.invalidThreads(0), "threads must be a whole number, 1 or more, got 0."],
  ["INVALID_OPTION", messages.invalidReplicas(0.5), "replicas must be a whole number, 1 or more, got 0.5."],
  [
    "INVALID_OPTION",
    messages.notAsManyDevices(4, ["NVIDIA H100", "NVIDIA L4"]),
    "4 replicas need as many devices of one kind, and this process sees 2: NVIDIA H100, NVIDIA L4. Set " +
      "engine.replicas to the number of equal GPUs; CUDA_VISIBLE_DEVICES hides others.",
  ],
  [
    "INVALID_OPTION",
    messages.replicasOfTensorflow(2, "graph"),
    "2 replicas need as many processes, or the plugin of a device (mode pjrt): here one process computes by " +
      'TensorFlow, in mode graph. Start them with "tssl train --processes 2"; or, on a machine with GPUs, run ' +
      '"npx tssl-engine-setup --gpu" and set engine.backend to pjrt; or set engine.replicas to 1.',
  ],
]);

eachIsHere(messages, import.meta.url);
