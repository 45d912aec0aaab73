import { DATA_TYPE } from "./data-types.ts";
import type { EdgeReaders } from "./edge-readers.ts";
import { attributeText, type NodeMessage } from "./graph-messages.ts";

/** Whether a node is a batch norm in training, in float32. */
export const isBatchNormInTraining = ({ op, attr }: NodeMessage): boolean =>
  op === "FusedBatchNormV3" &&
  attr["T"]?.type === DATA_TYPE.float32 &&
  attr["is_training"]?.b === true &&
  attributeText(attr["data_format"]) === "NHWC";

/**
 * The nodes that compute the gradients of a batch norm; undefined if another node reads the values kept for
 * them.
 */
export function gradientsOfBatchNorm(
  { name, input }: NodeMessage,
  readers: EdgeReaders,
): readonly NodeMessage[] | undefined {
  const [x, gamma] = input;
  const reading = [3, 4, 5].flatMap((output) => readers.of(`${name}:${output}`));
  const gradients = [...new Set(reading)];
  const areOurs = gradients.every(
    (node) =>
      node !== "result" &&
      node.op === "FusedBatchNormGradV3" &&
      [x, gamma, `${name}:3`, `${name}:4`, `${name}:5`].every((edge, i) => node.input[i + 1] === edge) &&
      [3, 4].every((output) => readers.of(`${node.name}:${output}`).length === 0),
  );
  return areOurs ? (gradients as NodeMessage[]) : undefined;
}
