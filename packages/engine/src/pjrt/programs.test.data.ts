import type { Element } from "./c-api.ts";
import type { HostArray } from "./buffers.ts";

/** Takes a weight over and doubles it; multiplies each row of x by it. */
export const SCALE = `module @scale {
  func.func public @main(%w: tensor<4xf32> {tf.aliasing_output = 0 : i32}, %x: tensor<2x4xf32>)
      -> (tensor<4xf32>, tensor<2x4xf32>) {
    %rows = stablehlo.broadcast_in_dim %w, dims = [1] : (tensor<4xf32>) -> tensor<2x4xf32>
    %y = stablehlo.multiply %rows, %x : tensor<2x4xf32>
    %next = stablehlo.add %w, %w : tensor<4xf32>
    return %next, %y : tensor<4xf32>, tensor<2x4xf32>
  }
}`;

/** Takes a matrix over and multiplies it by another, several times in a row. */
export const products = (size: number, times: number): string => {
  const matrix = `tensor<${size}x${size}xf32>`;
  const operands = ["arg", ...Array.from({ length: times }, (_, i) => `y${i}`)];
  const lines = operands
    .slice(1)
    .map(
      (name, i) =>
        `    %${name} = stablehlo.dot_general %${operands[i]}, %x, contracting_dims = [1] x [0] ` +
        `: (${matrix}, ${matrix}) -> ${matrix}`,
    );
  return `module @products {
  func.func public @main(%arg: ${matrix} {tf.aliasing_output = 0 : i32}, %x: ${matrix}) -> ${matrix} {
${lines.join("\n")}
    return %${operands.at(-1)} : ${matrix}
  }
}`;
};

/** Adds an array to itself. */
export const double = (type: string): string => `module @double {
  func.func public @main(%x: tensor<${type}>) -> tensor<${type}> {
    %y = stablehlo.add %x, %x : tensor<${type}>
    return %y : tensor<${type}>
  }
}`;

/** An array of ones out of nothing. */
export const ones = (size: number): string => `module @ones {
  func.func public @main() -> tensor<${size}xf32> {
    %one = stablehlo.constant dense<1.0> : tensor<f32>
    %y = stablehlo.broadcast_in_dim %one, dims = [] : (tensor<f32>) -> tensor<${size}xf32>
    return %y : tensor<${size}xf32>
  }
}`;

/** The sum of an array over all its devices. */
export const sumOfReplicas = (replicas: number): string => {
  const group = Array.from({ length: replicas }, (_, i) => i).join(", ");
  return `module @sum {
  func.func public @main(%x: tensor<2xf32>) -> tensor<2xf32> {
    %y = "stablehlo.all_reduce"(%x) ({
      ^bb0(%a: tensor<f32>, %b: tensor<f32>):
        %c = stablehlo.add %a, %b : tensor<f32>
        stablehlo.return %c : tensor<f32>
    }) {replica_groups = dense<[[${group}]]> : tensor<1x${replicas}xi64>} : (tensor<2xf32>) -> tensor<2xf32>
    return %y : tensor<2xf32>
  }
}`;
};

const TYPED = {
  bool: Uint8Array,
  int32: Int32Array,
  uint8: Uint8Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** An array for a device. */
export function host(
  values: Iterable<number>,
  shape: readonly number[],
  element: Element & keyof typeof TYPED = "float32",
): HostArray {
  const { buffer } = TYPED[element].from(values);
  return { element, shape, bytes: new Uint8Array(buffer) };
}

/** The numbers of an array that came from a device. */
export const numbers = ({ element, bytes }: HostArray): number[] =>
  Array.from(new TYPED[element as keyof typeof TYPED](bytes.slice().buffer));
