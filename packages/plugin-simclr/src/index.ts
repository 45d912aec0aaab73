export { ntXent, type NtXentInput, type NtXentResult } from "./nt-xent.ts";
export type { SimclrOptions } from "./options.ts";
export { simclr } from "./simclr.ts";
