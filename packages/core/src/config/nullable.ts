/** The schema of an option that may be null, as it is by default. */
export const nullable = (schema: object, value: number | null = null) => ({
  ...schema,
  nullable: true,
  default: value,
});
