// Trains my-method on the images that come with tssl: tssl train config.ts. For your own images, name their
// folder: data: { train: "./images" }.
import { cifar10Subset } from "@tssl/demo-data";
import { defineRun } from "tssl";

export default defineRun({
  name: "my-method",
  data: await cifar10Subset(), // 5,000 images to train on, and 1,000 for an evaluation by nearest neighbours
  imageSize: 32,
  epochs: 3,
  batchSize: 64,
  encoder: { use: "resnet20" },
  plugins: [{ use: "./src/my-method.ts", dim: 128 }],
  optimizer: { use: "sgd", lr: 0.03, momentum: 0.9, weightDecay: 5e-4 },
  evaluation: { everyEpochs: 1 },
});
