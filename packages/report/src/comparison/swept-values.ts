import type { ComparedVariant } from "./comparison.ts";
import { variedValueText } from "./variant-labels.ts";

/** A sweep over numbers: the values of one option, and the variants that have each. */
export interface SweptValues {
  /** "optimizer.lr" */
  readonly option: string;
  /** By value, smallest first. */
  readonly values: readonly { readonly value: number; readonly variants: readonly ComparedVariant[] }[];
  /** The values that the other varied options have, as text, in their order; one empty text without such. */
  readonly others: readonly string[];
}

/**
 * The option of a sweep along which its results are shown: of those with numbers alone, the one that has most
 * of them.
 *
 * @returns undefined where no option with numbers was varied.
 */
export function sweptValues(variants: readonly ComparedVariant[]): SweptValues | undefined {
  const options = variants[0]?.varied?.map(({ option }) => option) ?? [];
  const candidates = options.flatMap((option) => {
    const values = variants.map((variant) => valueOf(variant, option));
    if (!values.every((value) => typeof value === "number")) return [];
    return [{ option, values: [...new Set(values)].sort((a, b) => a - b) }];
  });
  const along = candidates.sort((a, b) => b.values.length - a.values.length)[0];
  if (along === undefined || along.values.length < 2) return undefined;
  return {
    option: along.option,
    values: along.values.map((value) => ({
      value,
      variants: variants.filter((variant) => valueOf(variant, along.option) === value),
    })),
    others: [...new Set(variants.map((variant) => otherValues(variant, along.option)))],
  };
}

const valueOf = ({ varied }: ComparedVariant, option: string): unknown =>
  varied?.find((each) => each.option === option)?.value;

/** The values of a variant's other varied options: "encoder.use=resnet18". */
export const otherValues = ({ varied = [] }: ComparedVariant, option: string): string =>
  varied
    .filter((each) => each.option !== option)
    .map((each) => `${each.option}=${variedValueText(each.value)}`)
    .join(", ");
