// The sentences of errors DEVICE_PLUGIN_BROKEN, LIBRARY_BROKEN and TFJS_NODE_MISSING: on what cannot be
// loaded.

import { EngineError, messageOf } from "../errors.ts";
import { SET_UP, VERIFY } from "./remedies.ts";

// DEVICE_PLUGIN_BROKEN

export const pluginNotLoaded = (file: string, reason: string): EngineError =>
  new EngineError("DEVICE_PLUGIN_BROKEN", `The device plugin ${file} cannot be loaded (${reason}).`, {
    remedy: VERIFY,
    data: { file, reason },
  });

export const pluginOfOtherApi = (file: string, found: string, oldest: string): EngineError =>
  new EngineError(
    "DEVICE_PLUGIN_BROKEN",
    `The device plugin ${file} has version ${found} of PJRT's API, but 0.x from ${oldest} on is needed.`,
    { remedy: VERIFY, data: { file, found, oldest } },
  );

export const stackTooSmall = (): EngineError =>
  new EngineError(
    "DEVICE_PLUGIN_BROKEN",
    "The npm package koffi was used in this process before @tssl/engine was imported, so that XLA's " +
      "compiler would have too little stack.",
    { remedy: "Import @tssl/engine first." },
  );

// LIBRARY_BROKEN

export const libraryNotLoaded = (cause: unknown): EngineError =>
  new EngineError("LIBRARY_BROKEN", `TensorFlow's library cannot be loaded (${messageOf(cause)}).`, {
    remedy: VERIFY,
    cause,
  });

export const addonChanged = (addon: string): EngineError =>
  new EngineError("LIBRARY_BROKEN", `The addon ${addon} is not as the set-up built it.`, {
    remedy: SET_UP,
    data: { addon },
  });

export const libraryFileNotLoaded = (file: string): EngineError =>
  new EngineError("LIBRARY_BROKEN", `TensorFlow's library ${file} cannot be loaded.`, {
    remedy: VERIFY,
    data: { file },
  });

// TFJS_NODE_MISSING

export const packageMissing = (name: string, cause: unknown): EngineError =>
  new EngineError("TFJS_NODE_MISSING", `The npm package ${name} is not installed.`, {
    remedy: 'Run "npm install".',
    cause,
    data: { name },
  });
