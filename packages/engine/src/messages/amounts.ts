// Amounts, as sentences of this package name them.

/** "274 MB" */
export const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1e6)} MB`;

/** "84.9 GB" */
export const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** "1 device", "2 devices" */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;
