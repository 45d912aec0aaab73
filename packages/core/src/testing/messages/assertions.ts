// What golden steps, probes and the assertion of a refusal say.

export const probedLengthDiffers = (what: string, length: number, wanted: number, allowed: number): string =>
  `${what}: its length must be ${wanted}, give or take ${allowed.toPrecision(2)}, got ${length}`;

/** @param at the element's place among `count`. */
export const probedElementDiffers = (
  what: string,
  { at, count }: { readonly at: number; readonly count: number },
  value: number,
  wanted: number,
  allowed: number,
): string =>
  `${what}: element ${at} of ${count} must be ${wanted}, give or take ${allowed.toPrecision(2)}, got ` +
  `${value}`;

export const goldenOptimizerUnknown = (optimizer: string, known: readonly string[]): string =>
  `settings.optimizer: golden steps can be taken with ${known.join(" and ")}, got "${optimizer}".`;

export const nothingThrown = (): string => "The call must throw, and it did not.";
