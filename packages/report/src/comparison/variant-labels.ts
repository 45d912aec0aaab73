import { breakable } from "../report/breakable.ts";
import { type Html, html } from "../report/html.ts";
import type { ComparedVariant } from "./comparison.ts";

/** How a column of variants is headed, and what stands for each in it. */
export interface VariantLabels {
  readonly head: string;
  /** By the variant's name. */
  readonly of: (variant: string) => string;
}

/** In a sweep the options are the head and their values the labels; else the variants' names are. */
export function variantLabels(variants: readonly ComparedVariant[]): VariantLabels {
  const options = variants[0]?.varied ?? [];
  if (options.length === 0) return { head: "Variant", of: (name) => name };
  const labels = new Map(
    variants.map(({ name, varied = [] }) => [
      name,
      varied.map(({ value }) => variedValueText(value)).join(", "),
    ]),
  );
  return { head: options.map(({ option }) => option).join(", "), of: (name) => labels.get(name) ?? name };
}

/** A value of an option as `--vary` takes it: "resnet18", "0.1", "[1,2]". */
export const variedValueText = (value: unknown): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** The head of the column that variants stand in. */
export const variantColumnHead = ({ head }: VariantLabels): Html =>
  html`<th scope="col">${breakable(head)}</th>`;

/** A variant at the head of its row, with its colour, that of the row's class. */
export const variantHead = (label: string): Html =>
  html`<th scope="row" class="variant"><i class="swatch"></i><span>${label}</span></th>`;
