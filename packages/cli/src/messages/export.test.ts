import * as messages from "./export.ts";
import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";

errors([
  [
    "USAGE",
    messages.privateWithoutPush(),
    "--private is of the repository that --push names; give both, or none.",
  ],
  [
    "USAGE",
    messages.tokenMissing(),
    "--push needs a token of the Hugging Face hub that may write, in the environment: HF_TOKEN=hf_…",
  ],
  [
    "USAGE",
    messages.hubNotPrivate(),
    "HF_ENDPOINT must be an https:// address without a user and a password: the token in HF_TOKEN goes " +
      "there.",
  ],
]);

sentences([[messages.artefactProven("onnx", "onnxruntime-web"), "onnx is proven (onnxruntime-web)."]]);

eachIsHere(messages, import.meta.url);
