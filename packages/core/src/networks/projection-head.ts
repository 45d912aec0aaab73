import * as engine from "@tssl/engine";
import type * as tf from "@tensorflow/tfjs";

import { batchNorm, dense, type Layer } from "./layers.ts";
import type { Scope } from "../state/scope.ts";

/** What stands on an encoder during pretraining and is thrown away after it. */
export interface Head {
  readonly outputDim: number;
  /** `[B, inputDim]` to `[B, outputDim]`, not normalized. */
  readonly forward: Layer<tf.Tensor2D, tf.Tensor2D>;
}

export type HeadDefinition = (scope: Scope, inputDim: number) => Head;

/**
 * One dense layer, the head of MoCo v1 and InstDisc.
 *
 * @param dim length of an embedding.
 */
export function linearHead({ dim }: { readonly dim: number }): HeadDefinition {
  return (scope, inputDim) => ({ outputDim: dim, forward: dense(scope, "0", { from: inputDim, to: dim }) });
}

export interface MlpHeadOptions {
  /** Length of an embedding. */
  readonly dim: number;
  /** Width of each hidden layer; "features" is the encoder's feature length, as in MoCo v2 and SimCLR. */
  readonly hidden: readonly (number | "features")[];
  /** Batch norm after each hidden layer, which then has no bias. Default false. */
  readonly batchNorm?: boolean;
  /**
   * How the last layer ends. "bias" (default): with one, as MoCo's. "plain": without, as BYOL's.
   * "normalized": without, and then batch norm without a shift, as SimCLR's.
   */
  readonly last?: "bias" | "plain" | "normalized";
}

/**
 * Dense layers with relu between them: the heads of MoCo v2 (one hidden layer as wide as the features, no
 * batch norm), SimCLR and BYOL.
 *
 * Named as in PyTorch's `nn.Sequential`: layer, (batch norm,) relu count up from 0, so the parameters are
 * "0.weight", "2.weight".
 */
export function mlpHead({
  dim,
  hidden,
  batchNorm: normalized = false,
  last: ending = "bias",
}: MlpHeadOptions): HeadDefinition {
  return (scope, inputDim) => {
    let from = inputDim;
    let position = 0;
    const hiddenLayers = hidden.map((width) => {
      const to = width === "features" ? inputDim : width;
      const linear = dense(scope, String(position), { from, to, bias: !normalized });
      const norm = normalized ? batchNorm<tf.Tensor2D>(scope, String(position + 1), to) : undefined;
      position += normalized ? 3 : 2;
      from = to;
      return { linear, norm };
    });
    const last = dense(scope, String(position), { from, to: dim, bias: ending === "bias" });
    const lastNorm =
      ending === "normalized"
        ? batchNorm<tf.Tensor2D>(scope, String(position + 1), dim, { shift: false })
        : undefined;
    return {
      outputDim: dim,
      forward(features, mode) {
        let x = features;
        for (const { linear, norm } of hiddenLayers) {
          x = linear(x, mode);
          x = engine.relu(norm === undefined ? x : norm(x, mode));
        }
        x = last(x, mode);
        return lastNorm === undefined ? x : lastNorm(x, mode);
      },
    };
  };
}

/**
 * The head that MoCo's two versions have, and methods made from them: one dense layer, or MoCo v2's, with one
 * hidden layer as wide as the features.
 *
 * @param dim length of an embedding.
 */
export const mocoHead = ({
  head,
  dim,
}: {
  readonly head: "mlp" | "linear";
  readonly dim: number;
}): HeadDefinition => (head === "mlp" ? mlpHead({ dim, hidden: ["features"] }) : linearHead({ dim }));
