/** "[null, 32, 32, 3]" */
export const shapeText = (shape: readonly (number | null)[]): string => `[${shape.map(String).join(", ")}]`;
