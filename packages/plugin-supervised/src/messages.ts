import { invalidOption, type TsslError } from "@tssl/core";

/** @param images classes of the training images; 0 where they have no labels. */
export const otherClasses = (images: number, classes: number): TsslError =>
  images === 0
    ? invalidOption(
        "plugins.supervised.classes",
        "the classes of the training images, which have no labels",
        classes,
        LABELS_NEEDED,
      )
    : invalidOption("plugins.supervised.classes", `${images}, the classes of the training images`, classes);

export const labelsNeeded = (): TsslError =>
  invalidOption("data.train", "images with labels, which supcon reads", 0, LABELS_NEEDED);

const LABELS_NEEDED = "Put the images of each class into a folder of its own.";
