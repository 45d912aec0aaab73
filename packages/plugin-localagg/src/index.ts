export {
  localAggregation,
  type LocalAggregationInput,
  type LocalAggregationResult,
} from "./local-aggregation.ts";
export { localagg } from "./localagg.ts";
export type { LocalaggOptions } from "./options.ts";
