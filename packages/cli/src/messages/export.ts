// The sentences of errors USAGE on repositories to push to, and of a notice of export.

import { UsageError } from "../errors.ts";

export const privateWithoutPush = (): UsageError =>
  new UsageError("--private is of the repository that --push names; give both, or none.", {
    option: "--private",
  });

export const tokenMissing = (): UsageError =>
  new UsageError(
    "--push needs a token of the Hugging Face hub that may write, in the environment: HF_TOKEN=hf_…",
    { option: "--push" },
  );

/** The address may hold a password, and is not shown. */
export const hubNotPrivate = (): UsageError =>
  new UsageError(
    "HF_ENDPOINT must be an https:// address without a user and a password: the token in HF_TOKEN goes " +
      "there.",
    { option: "--push" },
  );

export const artefactProven = (name: string, provenBy: string): string => `${name} is proven (${provenBy}).`;
