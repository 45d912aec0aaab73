import type { EvaluatedEncoder } from "@tssl/core/run";

/** An encoder that is known to be there, and is loaded after all quick refusals. */
export interface EncoderToLoad {
  readonly load: () => Promise<{
    readonly encoder: EvaluatedEncoder;
    /** The checkpoint, or the file. */
    readonly name: string;
    /** What tells its features from those of another encoder. */
    readonly mark: readonly unknown[];
  }>;
}
