export { assertClose, type Numbers, numbersOf, relativeError } from "./assert-close.ts";
export { collectGarbage } from "./collect-garbage.ts";
export { fill } from "./fill.ts";
export { type Generated, generated, generatedAll, readGolden } from "./generated.ts";
export { holdingConstants } from "./held-constants.ts";
export { numericGradient } from "./numeric-gradient.ts";
export { tensorsLeft } from "./tensors-left.ts";
export { watchAssignments } from "./watch-assignments.ts";
export { type LivingTensor, type TensorWatch, watchTensors } from "../watch-tensors.ts";
