import * as tf from "@tensorflow/tfjs";

/** What tfjs is differentiating while ops are recorded. */
export interface Tape {
  /** True from the end of a loss's forward pass to the end of its gradients. */
  readonly backward: boolean;
  /** The result of the forward op whose gradient is being computed; between two of them, while gradients are added up, undefined. */
  readonly gradientOf: tf.Tensor | undefined;
  /** Leaves tfjs as it was. */
  stop(): void;
}

/** The methods of tfjs's engine that every gradient goes through. */
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

  /** Runs a part of one op's gradient; parts of one gradient may come in several calls. */
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
      // What was set on the object hid its class's own methods.
      delete engine.gradients;
      delete engine.addTapeNode;
    },
  };
}
