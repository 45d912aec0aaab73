import * as messages from "./checkpoint.ts";
import { eachIsHere, errors, sentences } from "./sentences.test.data.ts";

const denied = Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });

errors([
  [
    "CHECKPOINT",
    messages.encoderNotFinite("runs/a: step-0000012", [
      { name: "moco.online.encoder.conv1.weight", nan: 9, infinite: 0, of: 432 },
    ]),
    "runs/a: step-0000012 holds an encoder whose numbers are not finite: moco.online.encoder.conv1.weight " +
      "has 9 NaN of 432. Choose another with --checkpoint, or train again.",
  ],
  [
    "CHECKPOINT",
    messages.encoderNotFinite("runs/a: step-0000012", [
      { name: "a", nan: 0, infinite: 1, of: 2 },
      { name: "b", nan: 1, infinite: 0, of: 2 },
    ]),
    "runs/a: step-0000012 holds an encoder whose numbers are not finite: a has 1 infinite of 2, and 1 " +
      "more. Choose another with --checkpoint, or train again.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.arrayTruncated("pixels", 96, 90)),
    'x is not a valid safetensors file: "pixels" ends at byte 96, and the file has 90 bytes.',
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.headerTooShort(5)),
    "x is not a valid safetensors file: it has 5 bytes, and the length of its header takes 8.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.headerTooLarge(2n ** 60n, 100_000_000)),
    "x is not a valid safetensors file: its header has 1152921504606846976 bytes, more than the 100000000 " +
      "that are read.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.headerTruncated(96, 90)),
    "x is not a valid safetensors file: its header ends at byte 96, and the file has 90 bytes.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.headerNotText()),
    "x is not a valid safetensors file: its header is not UTF-8.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.headerWrong("it is empty")),
    "x is not a valid safetensors file: in its header, it is empty.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.keyTwice()),
    "x is not a valid safetensors file: in its header, a name or a key stands twice.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.arrayMisplaced("a", 4, 8)),
    'x is not a valid safetensors file: "a" begins at byte 4 of the values, and must begin at 8.',
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.arrayOfOtherSize("a", 4, 8)),
    'x is not a valid safetensors file: "a" has 4 bytes, and its shape takes 8.',
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.bytesLeft(96, 100)),
    "x is not a valid safetensors file: its values end at byte 96, and the file has 100 bytes.",
  ],
  [
    "CHECKPOINT",
    messages.notSafetensors("x", messages.arrayTypeUnknown("a", "BF16")),
    'x is not a valid safetensors file: "a" has type BF16, which cannot be read.',
  ],
  [
    "CHECKPOINT",
    messages.checkpointNotFound("runs/a", undefined, []),
    "runs/a has no undamaged checkpoint. It has no checkpoints.",
  ],
  [
    "CHECKPOINT",
    messages.checkpointNotFound("runs/a", "step-3", ["step-1", "step-2"]),
    'runs/a has no checkpoint "step-3". It has step-1, step-2.',
  ],
  [
    "CHECKPOINT",
    messages.otherFormat("step-3.json", 2, 1),
    "step-3.json has format 2, and this version of tssl reads format 1. Use the version that wrote it.",
  ],
  ["CHECKPOINT", messages.checkpointMissing("step-3.json", "CHECKPOINT"), "step-3.json is missing."],
  [
    "CHECKPOINT",
    messages.checkpointUnreadable("step-3.json", denied),
    "step-3.json cannot be read: EACCES: permission denied.",
  ],
  ["CHECKPOINT", messages.stateNotSavable("mask"), 'State "mask" must be float32 or int32 to be saved.'],
  [
    "CHECKPOINT",
    messages.checkpointDoesNotFit("step-3", [
      { name: "weight", saved: [2, 2], wanted: [3] },
      { name: "bias", wanted: [3] },
      { name: "cursor", saved: [], wanted: [], types: { saved: "float32", wanted: "int32" } },
    ]),
    "step-3 does not fit this run:\n  - weight has shape [2, 2], the run needs [3]\n  - bias is missing\n" +
      "  - cursor is float32, the run needs int32",
  ],
  [
    "CHECKPOINT",
    messages.anotherRun("step-3", [{ path: "optimizer.lr", text: "was 0.06, is 0.03" }]),
    "step-3 belongs to another run: 1 thing has changed since.\n  - optimizer.lr was 0.06, is 0.03\n" +
      "Undo it, or allow it: --allow-change optimizer.lr",
  ],
  [
    "CHECKPOINT",
    messages.anotherRun("step-3", [
      { path: "epochs", text: "was 2, is 3" },
      { path: "images.train", text: "1 file added (a.jpg)" },
    ]),
    "step-3 belongs to another run: 2 things have changed since.\n  - epochs was 2, is 3\n" +
      "  - images.train: 1 file added (a.jpg)\n" +
      "Undo them, or allow them: --allow-change epochs --allow-change images.train",
  ],
  [
    "CHECKPOINT",
    messages.noStepLeft("runs/a", { steps: 117, totalSteps: 39, stepsPerEpoch: 39 }, [
      { path: "epochs", text: "was 3, is 1" },
    ]),
    "runs/a has taken 117 of 39 steps: none is left to be trained with\n  - epochs was 3, is 1\n" +
      "Nothing was changed. To train on, set epochs to 4 or more; otherwise start a new run.",
  ],
  [
    "CHECKPOINT_DAMAGED",
    messages.checkpointMissing("step-3.safetensors", "CHECKPOINT_DAMAGED"),
    "step-3.safetensors is missing.",
  ],
  [
    "CHECKPOINT",
    messages.checkpointUnknown("step-3.json", "history.clock is missing"),
    "step-3.json is not what this version of tssl saves: history.clock is missing. Use the version that " +
      "wrote it; or delete it, to go on from the checkpoint before it.",
  ],
  [
    "CHECKPOINT_DAMAGED",
    messages.noWholeCheckpoint("runs/a", ["step-3", "step-2"]),
    "runs/a has no checkpoint that is whole: step-3, step-2 are damaged. Put back a whole copy of one, or " +
      "start a new run in another folder. Nothing was changed.",
  ],
  [
    "CHECKPOINT_DAMAGED",
    messages.checkpointTruncated("step-3.safetensors", 4096, 81920),
    "step-3.safetensors has 4096 bytes of 81920.",
  ],
  [
    "CHECKPOINT_DAMAGED",
    messages.checkpointAltered("step-3.safetensors"),
    "step-3.safetensors has changed since it was written: its checksum differs.",
  ],
  [
    "CHECKPOINT_DAMAGED",
    messages.checkpointInvalid("step-3.json", "it must be object, got null"),
    "step-3.json is not a valid checkpoint: it must be object, got null.",
  ],
]);

sentences([
  [messages.changeText({ path: "epochs", text: "was 2, is 3" }), "epochs was 2, is 3"],
  [messages.changeText({ path: "code.term", text: "1 file changed" }), "code.term: 1 file changed"],
]);

eachIsHere(messages, import.meta.url);
