import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Frees what JavaScript no longer needs, before memory is read: by itself it does so when it likes, and later on a busy machine. */
export function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
}
