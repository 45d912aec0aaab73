/**
 * Whether a name is that of a group or of something in it.
 *
 * @param name with dots between groups, as in the state: "moco.query.encoder.conv1.kernel".
 * @param group "moco.query".
 */
export const liesIn = (name: string, group: string): boolean => `${name}.`.startsWith(`${group}.`);
