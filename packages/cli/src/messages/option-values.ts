// Values of command-line options: commander puts the option and the value before these sentences.

import { didYouMean } from "@tssl/core/internal";
import { InvalidArgumentError } from "commander";

export const mustBeOneOf = (got: string, choices: readonly string[]): InvalidArgumentError =>
  new InvalidArgumentError(`It must be one of ${choices.join(", ")}.${didYouMean(got, choices)}`);

export const mustBeRepository = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be the name of a repository with its owner, such as me/encoder.");

export const mustBeACosine = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be a cosine above 0 and at most 1.");

export const mustBeAbove0 = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be a number above 0.");

export const mustBeAtLeast0 = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be a whole number, 0 to 4,294,967,295.");

export const mustBeACount = (most: number): InvalidArgumentError =>
  new InvalidArgumentError(`It must be a whole number, 1 to ${most.toLocaleString("en-US")}.`);

export const mustBeFewer = (most: number): InvalidArgumentError =>
  new InvalidArgumentError(`It must name at most ${most.toLocaleString("en-US")} numbers.`);

export const mustBeARange = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be two numbers, the first below the second, such as 0,4095.");

export const mustBeAtMost1 = (): InvalidArgumentError => new InvalidArgumentError("It must be at most 1.");

export const mustBeAPort = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be a whole number from 0 to 65535.");

export const mustBeASize = (): InvalidArgumentError =>
  new InvalidArgumentError("It must be a size above 0 with its unit, such as 800kB, 500MB or 1.5GB.");
