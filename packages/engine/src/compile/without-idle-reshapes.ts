import { sameShape } from "../shapes/shape.ts";
import { endOf } from "./edge.ts";
import type { Recording } from "./record.ts";
import { withRenamedEdges } from "./rename-edges.ts";

/**
 * Removes reshapes that do not change the shape; tfjs makes two of them for the gradient of each sum of equal
 * shapes.
 */
export function withoutIdleReshapes(recording: Recording): Recording {
  const { produced } = recording;
  const renamed = new Map<string, string>();
  for (const { name, op, input } of recording.nodes) {
    const [from, , ...order] = input as [string, string, ...string[]];
    if (op !== "Reshape" || order.length > 0) continue;
    const { node, output } = endOf(from);
    const before = produced.get(node)![output]!.shape;
    const after = produced.get(name)![0]!.shape;
    // A session cannot fetch its own inputs.
    if (sameShape(before, after) && !from.startsWith("in")) renamed.set(name, renamed.get(from) ?? from);
  }
  return withRenamedEdges(
    { ...recording, nodes: recording.nodes.filter(({ name }) => !renamed.has(name)) },
    renamed,
  );
}
