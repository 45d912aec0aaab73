import { sameShape } from "../shapes/shape.ts";
import { gradientsOfBatchNorm, isBatchNormInTraining } from "./batch-norm-nodes.ts";
import { edgeReaders } from "./edge-readers.ts";
import { isOrder } from "./edge.ts";
import type { NodeMessage } from "./graph-messages.ts";
import type { Recording } from "./record.ts";
import { recordedValue } from "./recorded-edges.ts";
import { withRenamedEdges } from "./rename-edges.ts";
import { withoutIdleReshapes } from "./without-idle-reshapes.ts";

/**
 * The ops of native/batch_norm_ops.cc; they are registered if the processor has the instructions for them.
 */
export const BATCH_NORM_OP = "TsslBatchNorm";
const GRADIENT_OP = "TsslBatchNormGradient";

/** A batch norm in training, and the ops that are fused with it. */
interface FusedForward {
  readonly batchNorm: NodeMessage;
  readonly gradients: readonly NodeMessage[];
  /** The sum with a shortcut and the ReLU that follow, if they do. */
  readonly sum?: NodeMessage;
  readonly relu?: NodeMessage;
}

/**
 * Fuses batch norm in training with the sum with a shortcut and the ReLU that follow it, and its gradient
 * with their gradients. TensorFlow reads and writes memory for each of them.
 *
 *     FusedBatchNormV3 (-> Add with a shortcut) (-> Relu)        ->  TsslBatchNorm
 *     (Add of two parts ->) (ReluGrad ->) FusedBatchNormGradV3   ->  TsslBatchNormGradient,
 *         also the shortcut's gradient
 *
 * float32 only. Results differ by rounding, because sums are computed in another order.
 */
export function withFusedBatchNorm(recorded: Recording): Recording {
  const recording = withoutIdleReshapes(recorded);
  const byName = new Map(recording.nodes.map((node) => [node.name, node]));
  const readers = edgeReaders(recording);
  const produced = new Map(recording.produced);
  /** The nodes in place of a node; none if it became part of another. */
  const inPlaceOf = new Map<string, readonly NodeMessage[]>();
  const renamed = new Map<string, string>();

  const isSum = (node: NodeMessage | undefined): node is NodeMessage => {
    if (node === undefined || !/^Add(V2)?$/.test(node.op) || inPlaceOf.has(node.name)) return false;
    const [a, b, ...order] = node.input as [string, string, ...string[]];
    const shapeAt = (edge: string) => recordedValue(recording, edge).shape;
    const isPlain = [a, b].every((edge) => sameShape(shapeAt(edge), shapeAt(node.name)));
    return order.length === 0 && a !== b && isPlain;
  };

  const forwardOf = (batchNorm: NodeMessage): FusedForward | undefined => {
    const gradients = gradientsOfBatchNorm(batchNorm, readers);
    if (gradients === undefined) return undefined;
    const next = readers.sole(batchNorm);
    const sum = isSum(next) ? next : undefined;
    const relu = sum === undefined ? next : readers.sole(sum);
    if (relu?.op !== "Relu" || relu.input.length > 1) return { batchNorm, gradients };
    return { batchNorm, gradients, relu, ...(sum === undefined ? {} : { sum }) };
  };

  const placeForward = ({ batchNorm, sum, relu }: FusedForward) => {
    const { name, input, attr } = batchNorm;
    const shortcut = sum?.input.filter((edge) => edge !== name) ?? [];
    for (const gone of [batchNorm, sum]) if (gone !== undefined) inPlaceOf.set(gone.name, []);
    if (relu !== undefined) renamed.set(relu.name, name);
    inPlaceOf.set((relu ?? batchNorm).name, [
      {
        name,
        op: BATCH_NORM_OP,
        input: [...input.slice(0, 5), ...shortcut, ...input.slice(5)],
        attr: {
          epsilon: attr["epsilon"]!,
          momentum: attr["exponential_avg_factor"]!,
          relu: { b: relu !== undefined },
          shortcuts: { i: shortcut.length },
        },
      },
    ]);
    produced.set(name, produced.get(name)!.slice(0, 5));
  };

  const placeGradient = (gradient: NodeMessage, { batchNorm, sum, relu }: FusedForward) => {
    const masking = byName.get(gradient.input[0]!);
    const isMasked =
      masking?.op === "ReluGrad" &&
      masking.input[1] === relu?.name &&
      gradient.input.length === 6 &&
      !inPlaceOf.has(masking.name) &&
      (sum !== undefined || readers.sole(masking) === gradient);
    const hasShortcut = isMasked && sum !== undefined;
    const dy = isMasked ? masking.input[0]! : gradient.input[0]!;
    const whole = byName.get(dy);
    const isTwo = hasShortcut && isSum(whole) && readers.sole(whole) === masking;
    const parts = isTwo ? whole.input : [dy];

    if (isTwo) inPlaceOf.set(whole.name, []);
    inPlaceOf.set(gradient.name, []);
    if (hasShortcut) renamed.set(masking.name, `${gradient.name}:3`);
    const { name } = batchNorm;
    const order = [...(isMasked ? masking.input : []), ...gradient.input].filter(isOrder);
    inPlaceOf.set((isMasked ? masking : gradient).name, [
      {
        name: gradient.name,
        op: GRADIENT_OP,
        input: [
          ...batchNorm.input.slice(0, 3),
          ...[`${name}:3`, `${name}:4`, ...parts],
          ...(hasShortcut ? [relu!.name] : []),
          ...order,
        ],
        attr: {
          relu: { b: isMasked },
          parts: { i: parts.length },
          shortcuts: { i: hasShortcut ? 1 : 0 },
        },
      },
    ]);
    const [dx, dGamma, dBeta] = produced.get(gradient.name)!;
    produced.set(gradient.name, [dx!, dGamma!, dBeta!, ...(hasShortcut ? [dx!] : [])]);
  };

  for (const node of recording.nodes) {
    const forward = isBatchNormInTraining(node) ? forwardOf(node) : undefined;
    if (forward === undefined) continue;
    placeForward(forward);
    for (const gradient of forward.gradients) placeGradient(gradient, forward);
  }
  const nodes = recording.nodes.flatMap((node) => inPlaceOf.get(node.name) ?? [node]);
  return withRenamedEdges({ ...recording, nodes, produced }, renamed);
}
