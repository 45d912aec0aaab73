import * as tf from "@tensorflow/tfjs";

/** The part of a gradient that tfjs is computing. */
export interface Tape {
  /** True from the end of a loss's forward pass to the end of its gradients. */
  readonly backward: boolean;
  /** Result of the forward op whose gradient is being computed; undefined while gradients are added up. */
  readonly gradientOf: tf.Tensor | undefined;
  /** Restores tfjs. */
  stop(): void;
}

/** The methods of tfjs's engine that compute gradients. */
interface DifferentiatingEngine {
  readonly state: { readonly activeTape: TapeNode[] };
  gradients(f: () => tf.Tensor, ...rest: unknown[]): unknown;
  addTapeNode(...args: unknown[]): void;
}

interface TapeNode {
  readonly outputs: readonly tf.Tensor[];
  gradient?: (dys: unknown) => Record<string, () => tf.Tensor>;
}

/** Watches tfjs's engine compute gradients, until `stop`. */
export function watchTape(): Tape {
  const engine = tf.engine() as unknown as Partial<DifferentiatingEngine>;
  const { gradients, addTapeNode } = engine as DifferentiatingEngine;
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

  engine.gradients = function (f, ...rest) {
    const outer = backward;
    const forward = () => {
      const loss = f();
      backward = true;
      return loss;
    };
    try {
      return gradients.call(this, forward, ...rest);
    } finally {
      backward = outer;
    }
  };
  engine.addTapeNode = function (...args) {
    addTapeNode.apply(this, args);
    const node = this.state!.activeTape.at(-1)!;
    const { gradient } = node;
    if (gradient === undefined) return;
    const [output] = node.outputs;
    node.gradient = (dys) => {
      const byInput = within(output, () => gradient(dys));
      return Object.fromEntries(
        Object.entries(byInput).map(([input, part]) => [input, () => within(output, part)]),
      );
    };
  };
  return {
    get backward() {
      return backward;
    },
    get gradientOf() {
      return gradientOf;
    },
    stop() {
      // The methods on the object hide those of its class.
      delete engine.gradients;
      delete engine.addTapeNode;
    },
  };
}
