// Trains MoCo with my-term on the images that come with tssl: tssl train config.ts. For your own images, name
// their folder: data: { train: "./images" }.
import { cifar10Subset } from "@tssl/demo-data";
import { defineRun } from "tssl";

export default defineRun({
  name: "my-term",
  data: await cifar10Subset(), // 5,000 images to train on, and 1,000 for an evaluation by nearest neighbours
  imageSize: 32,
  epochs: 3,
  batchSize: 64,
  encoder: { use: "resnet20" },
  plugins: [
    { use: "moco", momentum: 0.99, queueSize: 512, inBatchNegatives: true, blur: false },
    { use: "./src/my-term.ts", weight: 1 },
  ],
  optimizer: { use: "sgd", lr: 0.06, momentum: 0.9, weightDecay: 5e-4 },
  evaluation: { everyEpochs: 1 },
});
