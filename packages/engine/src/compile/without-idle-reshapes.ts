import { sameShape } from "../shapes/shape.ts";
import type { Recording } from "./record.ts";
import { recordedValue } from "./recorded-edges.ts";
import { withRenamedEdges } from "./rename-edges.ts";

/**
 * Removes reshapes that do not change the shape; tfjs makes two of them for the gradient of each sum of equal
 * shapes.
 */
export function withoutIdleReshapes(recording: Recording): Recording {
  const renamed = new Map<string, string>();
  for (const { name, op, input } of recording.nodes) {
    const [from, , ...order] = input as [string, string, ...string[]];
    if (op !== "Reshape" || order.length > 0) continue;
    const [before, after] = [from, name].map((edge) => recordedValue(recording, edge).shape);
    // A session cannot fetch its own inputs.
    if (sameShape(before!, after!) && !from.startsWith("in")) renamed.set(name, from);
  }
  return withRenamedEdges(
    { ...recording, nodes: recording.nodes.filter(({ name }) => !renamed.has(name)) },
    renamed,
  );
}
