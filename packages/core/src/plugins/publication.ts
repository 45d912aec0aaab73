/** A name under which one plugin hands a value of type T to the plugins after it, within a step. */
export interface Publication<T = unknown> {
  readonly name: string;
  /** Carries T for the compiler; absent at run time. */
  readonly valueType?: () => T;
}

export interface Published {
  readonly publication: Publication;
  readonly value: unknown;
}

/** Defines a publication. Its name is what `requires` and error messages say. */
export const definePublication = <T>(name: string): Publication<T> => ({ name });

/** Pairs a publication with this step's value, for `StepResult.publish`. */
export const published = <T>(publication: Publication<T>, value: T): Published => ({
  publication: publication,
  value,
});
