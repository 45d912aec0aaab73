import * as messages from "./progress.ts";
import { eachIsHere, sentences } from "./sentences.test.data.ts";

const training = { plugins: ["moco", "clsa"], images: 5000, seconds: 252, device: "CPU" };

sentences([
  [messages.stillRunning({ done: 1.52, planned: 10 }), "Still running: 1.5 of 10 epochs done."],
  [messages.stoppedEarly({ done: 4, planned: 10 }, undefined), "Stopped early, after 4 of 10 epochs."],
  [
    messages.stoppedEarly({ done: 0, planned: 1 }, messages.PROCESS_GONE),
    "Stopped early, after 0 of 1 epoch: its process ended without writing an outcome; " +
      "it was killed, or the machine went down.",
  ],
  [
    messages.failed({ done: 4, planned: 10 }, "out of memory."),
    "The run failed after 4 of 10 epochs: out of memory.",
  ],
  [
    messages.trainedWith({ ...training, running: false, imagesPerSecond: 151.2 }),
    "Trained with moco + clsa on 5,000 images for 4 min 12 s at 151 images/s on CPU.",
  ],
  [
    messages.trainedWith({ ...training, plugins: [], images: 1, running: true, imagesPerSecond: undefined }),
    "Training on 1 image for 4 min 12 s so far on CPU.",
  ],
]);

eachIsHere(messages, import.meta.url);
