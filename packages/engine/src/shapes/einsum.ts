import { broadcast, requireEqual } from "./dimensions.ts";
import type { OpCall } from "./op-call.ts";
import type { Shape } from "./shape.ts";

/** The shape of the result of an equation such as "ij,jk->ik", where "..." stands for axes that broadcast. */
export function einsumShape(call: OpCall): Shape {
  const equation = call.text("equation").replaceAll(" ", "");
  const [left, right, ...more] = equation.split("->");
  if (right === undefined || more.length > 0) {
    throw call.misfit(`Expecting exactly one '->' in einsum equation: ${equation}`);
  }
  const inputs = left!.split(",");
  if (inputs.length !== call.shapes.length) {
    throw call.misfit(
      `Expected ${inputs.length} inputs for equation ${equation} but got: ${call.shapes.length}`,
    );
  }
  const lengths = new Map<string, number>();
  let shared: Shape = [];
  for (const [i, labels] of inputs.entries()) {
    const shape = call.shapes[i]!;
    const { before, after, hasEllipsis } = labelsOf(call, labels, equation);
    const named = before.length + after.length;
    if (shape.length < named || (!hasEllipsis && shape.length > named)) {
      const least = hasEllipsis ? "at least " : "";
      throw call.misfit(`Shape must be ${least}rank ${named} but is rank ${shape.length}`);
    }
    const places = [...before, ...after].map((label, at): [string, number] => [
      label,
      shape[at < before.length ? at : shape.length - named + at]!,
    ]);
    for (const [label, length] of places) {
      lengths.set(label, requireEqual(call, lengths.get(label) ?? length, length));
    }
    shared = broadcast(call, shared, shape.slice(before.length, shape.length - after.length));
  }
  const { before, after, hasEllipsis } = labelsOf(call, right, equation);
  const of = (label: string): number => {
    const length = lengths.get(label);
    if (length === undefined) {
      throw call.misfit(`Output label '${label}' of einsum equation ${equation} appears in no input`);
    }
    return length;
  };
  const labels = [...before, ...after];
  const twice = labels.find((label, at) => labels.indexOf(label) !== at);
  if (twice !== undefined) {
    throw call.misfit(`Output label '${twice}' of einsum equation ${equation} appears twice`);
  }
  if (shared.length > 0 && !hasEllipsis) {
    throw call.misfit(`The axes of '...' are missing from the output of einsum equation ${equation}`);
  }
  return [...before.map(of), ...shared, ...after.map(of)];
}

function labelsOf(call: OpCall, text: string, equation: string) {
  const [before, after = "", ...more] = text.split("...");
  if (more.length > 0 || !/^[A-Za-z]*$/.test(before! + after)) {
    throw call.misfit(`Labels of an einsum equation must be letters, and at most one '...': ${equation}`);
  }
  return { before: Array.from(before!), after: Array.from(after), hasEllipsis: text.includes("...") };
}
