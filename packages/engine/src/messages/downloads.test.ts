import * as messages from "./downloads.ts";
import { eachIsHere, errors, exampleOf } from "./sentences.test.data.ts";

errors([
  [
    "DOWNLOAD_FAILED",
    messages.downloadFailed("tensorflow-cpu", "2.21.0", "ERROR: …"),
    exampleOf("DOWNLOAD_FAILED"),
  ],
  ["HASH_MISMATCH", messages.hashMismatch("tensorflow.whl", "2b847d…"), exampleOf("HASH_MISMATCH")],
  ["INDEX_UNREACHABLE", messages.indexUnreachable("tensorflow-cpu"), exampleOf("INDEX_UNREACHABLE")],
  ["PIP_MISSING", messages.pipMissing("python3", "20.3", undefined), exampleOf("PIP_MISSING")],
  [
    "PIP_MISSING",
    messages.pipMissing("python3", "20.3", "19.0"),
    exampleOf("PIP_MISSING").replace("has no pip", "has pip 19.0"),
  ],
  ["PYTHON_MISSING", messages.pythonMissing(["python3", "python"]), exampleOf("PYTHON_MISSING")],
  ["WHEEL_NOT_FOUND", messages.wheelNotFound("tensorflow.whl"), exampleOf("WHEEL_NOT_FOUND")],
]);

eachIsHere(messages, import.meta.url);
