import { headerTooShort } from "./checkpoint.ts";
import * as messages from "./weights.ts";
import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";

const missing = Object.assign(new Error("ENOENT: no such file or directory"), { code: "ENOENT" });

errors([
  [
    "WEIGHTS",
    messages.weightsUnreadable("a.safetensors", missing),
    "The weights a.safetensors cannot be read: there is no such file.",
  ],
  [
    "WEIGHTS",
    messages.weightsInvalid("a.safetensors", "safetensors file", headerTooShort(3)),
    "a.safetensors is not a valid safetensors file: it has 3 bytes, and the length of its header takes 8. " +
      "Copy it again.",
  ],
  [
    "WEIGHTS",
    messages.weightsAreCode("moco.pth.tar"),
    "moco.pth.tar is a pickle, which can run code when it is read. Convert it to safetensors once, in " +
      "Python:\n  import torch, safetensors.torch as st\n" +
      '  saved = torch.load("moco.pth.tar", map_location="cpu", weights_only=True)\n' +
      '  st.save_file({k: v.clone() for k, v in saved.get("state_dict", saved.get("model", saved)).items() ' +
      'if torch.is_tensor(v)}, "moco.safetensors")',
  ],
  [
    "WEIGHTS",
    messages.weightsDoNotFit(
      "a.safetensors",
      [
        { name: "conv1.weight", saved: [64, 3, 3, 3], wanted: [64, 3, 7, 7] },
        { name: "bn1.bias", wanted: [64] },
      ],
      {
        found: "resnet18 with stem: cifar",
        wanted: "resnet18 with stem: imagenet",
        names: [],
        none: false,
        onnx: false,
      },
    ),
    "a.safetensors does not fit the encoder. It holds a resnet18 with stem: cifar; the config asks for " +
      "resnet18 with stem: imagenet.\n" +
      "  - conv1.weight has shape [64, 3, 3, 3], the encoder needs [64, 3, 7, 7]\n" +
      "  - bn1.bias is missing",
  ],
  [
    "WEIGHTS",
    messages.weightsDoNotFit("a.safetensors", [{ name: "conv1.weight", wanted: [1] }], {
      ...{ found: undefined, wanted: undefined, names: ["a.kernel", "b"], none: true, onnx: false },
    }),
    "a.safetensors holds no weights of the run's encoder: none of its 2 names is known (a.kernel, b), and " +
      "conv1.weight is what the encoder begins with.",
  ],
  [
    "WEIGHTS",
    messages.weightsDoNotFit("a.onnx", [{ name: "bn1.weight", wanted: [64] }], {
      ...{ found: undefined, wanted: "resnet18 with stem: imagenet", names: [], none: false, onnx: true },
    }),
    "a.onnx does not fit the encoder.\n  - bn1.weight is missing\nAn exporter of ONNX may make each batch " +
      "norm part of a convolution, which cannot be undone. PyTorch's leaves them as they are with " +
      "dynamo=False, do_constant_folding=False and training=torch.onnx.TrainingMode.PRESERVE.",
  ],
  [
    "WEIGHTS",
    messages.weightsInvalid("a.onnx", "ONNX model", messages.onnxWithoutGraph()),
    "a.onnx is not a valid ONNX model: it has no graph. Copy it again.",
  ],
  [
    "WEIGHTS",
    messages.weightsInvalid(
      "a.onnx",
      "ONNX model",
      messages.onnxTruncated(new RangeError("index out of range")),
    ),
    "a.onnx is not a valid ONNX model: its protocol buffers end too early or are none (index out of " +
      "range). Copy it again.",
  ],
  [
    "WEIGHTS",
    messages.weightsInvalid("a.onnx", "ONNX model", messages.onnxNameTwice("conv1.weight")),
    'a.onnx is not a valid ONNX model: the initializer "conv1.weight" stands twice. Copy it again.',
  ],
  [
    "WEIGHTS",
    messages.weightsInvalid("a.onnx", "ONNX model", messages.onnxArrayOfOtherSize("conv1.weight", 8, 12)),
    'a.onnx is not a valid ONNX model: the initializer "conv1.weight" has 8 bytes, and its shape takes 12. ' +
      "Copy it again.",
  ],
  [
    "WEIGHTS",
    messages.weightsElsewhere("a.onnx", "conv1.weight"),
    "a.onnx has its weights in another file (conv1.weight is the first). Save it in one, in Python:\n" +
      '  import onnx\n  onnx.save(onnx.load("a.onnx"), "a.onnx")',
  ],
  [
    "WEIGHTS",
    messages.weightsChanged("a.safetensors"),
    "a.safetensors is no longer the file that the run started from. Put that one back, or leave out the " +
      "untrained encoder with --no-baseline.",
  ],
]);

/** How each of these sentences ends. */
const CALLED_UNTRAINED = ' What is called "untrained" are these weights before the first step.';

sentences([
  [
    messages.weightsLoaded({
      ...{ file: "dino.safetensors", naming: "timm", prefix: "", taken: 150, leftOver: [] },
      resized: { from: [14, 14], to: [8, 8] },
    }),
    "The encoder starts from dino.safetensors: 150 arrays by the names of timm. Position embeddings of 14 " +
      "x 14 patches were interpolated bicubically to 8 x 8. Nothing of the file is left over." +
      CALLED_UNTRAINED,
  ],
  [
    messages.weightsLoaded({
      ...{ file: "moco.safetensors", naming: "torchvision", prefix: "module.encoder_q.", taken: 100 },
      leftOver: ["module.encoder_q.fc.weight", "module.queue"],
    }),
    "The encoder starts from moco.safetensors: 100 arrays by the names of torchvision, after " +
      '"module.encoder_q.". ' +
      "Not used, because the encoder has no such parameter: module.encoder_q.fc.weight, module.queue." +
      CALLED_UNTRAINED,
  ],
  [
    messages.weightsLoaded({ file: "a", naming: "torchvision", prefix: "", taken: 1, leftOver: [] }),
    "The encoder starts from a: 1 array by the names of torchvision. Nothing of the file is left over." +
      CALLED_UNTRAINED,
  ],
  [
    messages.weightsLoaded({
      ...{ file: "a", naming: "timm", prefix: "", taken: 2, leftOver: [] },
      adapted: { name: "conv1.weight", from: 3, to: 1 },
    }),
    "The encoder starts from a: 2 arrays by the names of timm. Nothing of the file is left over. Its " +
      "conv1.weight is for 3 channels: they are summed into one." +
      CALLED_UNTRAINED,
  ],
  [
    messages.filtersAdapted("conv1.weight", 3, 13),
    " Its conv1.weight is for 3 channels: they are repeated over 13, times 3 / 13.",
  ],
]);

eachIsHere(messages, import.meta.url);
