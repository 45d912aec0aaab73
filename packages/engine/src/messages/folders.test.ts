import * as messages from "./folders.ts";
import { eachIsHere, errors, exampleOf } from "./sentences.test.data.ts";

const systemError = Object.assign(new Error("denied"), { code: "EACCES" });

errors([
  ["CACHE_OPEN", messages.cacheOpen({ path: "~/.cache/tssl/engine", mode: "777" }), exampleOf("CACHE_OPEN")],
  [
    "CACHE_OPEN",
    messages.cacheOpen({ path: "/cache/engine", owner: 1000 }),
    "/cache/engine belongs to another user (number 1000), and code in it runs in this process. " +
      "Set TSSL_CACHE to a folder of your own, and run the set-up again.",
  ],
  [
    "FOLDER_NOT_WRITABLE",
    messages.packagesNotWritable("node_modules/addon", systemError),
    "node_modules/addon must be writable, but it is not (EACCES). " +
      "Make it writable, or install the npm packages as the user who runs the set-up.",
  ],
  [
    "DISK_FULL",
    messages.diskFilledUp("tensorflow.whl"),
    "The disk filled up while tensorflow.whl was downloaded. " +
      "Free some, or set TSSL_CACHE to a folder on another disk.",
  ],
  ["DISK_FULL", messages.diskTooSmall("~/.cache/tssl", 800e6, 119.2e6), exampleOf("DISK_FULL")],
  ["FOLDER_NOT_WRITABLE", messages.cacheNotWritable("/cache", systemError), exampleOf("FOLDER_NOT_WRITABLE")],
  [
    "SETUP_RUNNING",
    messages.setupRunning("~/.cache/tssl/engine/lock", 30, {
      owner: { pid: 4711 },
      isUnseen: false,
    }),
    exampleOf("SETUP_RUNNING"),
  ],
  [
    "SETUP_RUNNING",
    messages.setupRunning("cache/lock", 30, { owner: { pid: 7, host: "elsewhere" }, isUnseen: true }),
    "Another set-up (process 7 on elsewhere) has held cache/lock for more than 30 minutes. " +
      "Wait for it, or stop it; if it no longer runs, delete that file.",
  ],
]);

eachIsHere(messages, import.meta.url);
