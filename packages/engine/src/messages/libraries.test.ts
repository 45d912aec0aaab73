import * as messages from "./libraries.ts";
import { eachIsHere, errors, exampleOf } from "./sentences.test.data.ts";

const systemError = Object.assign(new Error("denied"), { code: "EACCES" });

errors([
  [
    "DEVICE_PLUGIN_BROKEN",
    messages.pluginNotLoaded("xla_cuda_plugin.so", "file too short"),
    exampleOf("DEVICE_PLUGIN_BROKEN"),
  ],
  [
    "DEVICE_PLUGIN_BROKEN",
    messages.pluginOfOtherApi("plugin.so", "0.40", "0.81"),
    "The device plugin plugin.so has version 0.40 of PJRT's API, but 0.x from 0.81 on is needed. " +
      'Run "npx tssl-engine-setup --verify" to check and repair it.',
  ],
  [
    "DEVICE_PLUGIN_BROKEN",
    messages.stackTooSmall(),
    "The npm package koffi was used in this process before @tssl/engine was imported, so that XLA's " +
      "compiler would have too little stack. Import @tssl/engine first.",
  ],
  [
    "LIBRARY_BROKEN",
    messages.addonChanged("cache/tfjs_binding.node"),
    "The addon cache/tfjs_binding.node is not as the set-up built it. " + 'Run "npx tssl-engine-setup".',
  ],
  ["LIBRARY_BROKEN", messages.libraryNotLoaded(new Error("file too short")), exampleOf("LIBRARY_BROKEN")],
  [
    "LIBRARY_BROKEN",
    messages.libraryFileNotLoaded("/x/libtensorflow_cc.so.2"),
    "TensorFlow's library /x/libtensorflow_cc.so.2 cannot be loaded. " +
      'Run "npx tssl-engine-setup --verify" to check and repair it.',
  ],
  [
    "TFJS_NODE_MISSING",
    messages.packageMissing("@tensorflow/tfjs-node-gpu", systemError),
    exampleOf("TFJS_NODE_MISSING"),
  ],
]);

eachIsHere(messages, import.meta.url);
