// Names in sentences on a comparison.

import { listed } from "@tssl/core/internal";

/** "a", "a and b", "a, b and c"; of more than four the first three. */
export const listedBriefly = (names: readonly string[]): string =>
  names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} others` : listed(names);
