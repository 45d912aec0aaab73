import type * as tf from "@tensorflow/tfjs";

import { replaceMethods, tfjsEngine } from "../tfjs-internals.ts";

/** The part of a gradient that tfjs is computing. */
export interface Tape {
  /** True from the end of a loss's forward pass to the end of its gradients. */
  readonly backward: boolean;
  /** Result of the forward op whose gradient is being computed; undefined while gradients are added up. */
  readonly gradientOf: tf.Tensor | undefined;
  /** Restores tfjs. */
  stop(): void;
}

/** Watches tfjs's engine compute gradients, until `stop`. */
export function watchTape(): Tape {
  const engine = tfjsEngine();
  const { gradients, addTapeNode } = engine;
  let backward = false;
  let gradientOf: tf.Tensor | undefined;

  /** Runs a part of the gradient of one op, which may consist of several calls. */
  const within = <T>(output: tf.Tensor | undefined, part: () => T): T => {
    const outer = gradientOf;
    gradientOf = output;
    try {
      return part();
    } finally {
      gradientOf = outer;
    }
  };

  const restore = replaceMethods(engine, {
    gradients(f, ...rest) {
      const outer = backward;
      const forward = () => {
        const loss = f();
        backward = true;
        return loss;
      };
      try {
        return gradients.call(engine, forward, ...rest);
      } finally {
        backward = outer;
      }
    },
    addTapeNode(...args) {
      addTapeNode.apply(engine, args);
      const node = engine.state.activeTape.at(-1)!;
      const { gradient } = node;
      if (gradient === undefined) return;
      const [output] = node.outputs;
      node.gradient = (dys) => {
        const byInput = within(output, () => gradient(dys));
        return Object.fromEntries(
          Object.entries(byInput).map(([input, part]) => [input, () => within(output, part)]),
        );
      };
    },
  });
  return {
    get backward() {
      return backward;
    },
    get gradientOf() {
      return gradientOf;
    },
    stop: restore,
  };
}
