import { invalidOption, type TsslError } from "@tssl/core";

/** @param option "clusters" or "background". */
export const moreThanImages = (option: string, images: number, value: number): TsslError =>
  invalidOption(`plugins.localagg.${option}`, `at most ${images}, the images of the training set`, value);
