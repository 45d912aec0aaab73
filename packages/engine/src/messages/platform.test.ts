import * as messages from "./platform.ts";
import { eachIsHere, errors, exampleOf } from "./sentences.test.data.ts";

errors([
  [
    "UNSUPPORTED_PLATFORM",
    messages.gpuNotSupported("linux-arm64"),
    "A GPU needs Linux on x64, this is linux-arm64. Set the engine up without --gpu.",
  ],
  [
    "UNSUPPORTED_PLATFORM",
    messages.oldGlibc("2.27", "2.17"),
    "The engine needs glibc 2.27 or later, this system has glibc 2.17. " +
      "Use a distribution with glibc, such as Debian 10 or later, or Ubuntu 18.10 or later.",
  ],
  ["UNSUPPORTED_PLATFORM", messages.systemNotSupported("darwin", "arm64"), exampleOf("UNSUPPORTED_PLATFORM")],
]);

eachIsHere(messages, import.meta.url);
