import * as messages from "./encoder-files.ts";
import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";

errors([
  [
    "USAGE",
    messages.projectionsOfFile("a.safetensors"),
    "--projections are those of a run's head, and a.safetensors holds an encoder alone. Name the run folder.",
  ],
  [
    "USAGE",
    messages.checkpointOfFile("a.safetensors"),
    "--checkpoint names one of a run, and a.safetensors is a file of weights.",
  ],
  [
    "WEIGHTS",
    messages.encoderFileUnknown("a.safetensors"),
    "a.safetensors does not say which encoder it holds, and it is no ResNet of torchvision. Give a file " +
      "that tssl export wrote, one of timm with its config.json beside it, or a run folder.",
  ],
  [
    "WEIGHTS",
    messages.timmModelUnknown("a/model.safetensors", "resnet50d"),
    "a/model.safetensors holds resnet50d of timm, by the config.json beside it, which is no encoder of " +
      "tssl. Those are resnet18, resnet34, resnet50, resnext50_32x4d, wide_resnet50_2, convnext_tiny, and " +
      "ViTs as timm's vit_tiny, vit_small, vit_base and deit without distillation.",
  ],
]);

sentences([
  [
    messages.timmCropsOtherwise(0.95, "bicubic"),
    "timm resizes images for this model by bicubic interpolation and cuts out the middle 95.0 %; tssl " +
      "resizes bilinearly and cuts out 87.5 %, so that features of a photo differ a little.",
  ],
]);

eachIsHere(messages, import.meta.url);
