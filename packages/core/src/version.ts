/** The version of this package, as in its package.json (a test holds them together). */
export const TSSL_VERSION = "0.1.0";
