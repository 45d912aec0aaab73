import type { Pointer } from "../foreign-functions.ts";
import { alreadyFreed } from "../messages/device.ts";

/** An object of a plugin that must be freed once, and not while a call on another thread uses it. */
export interface Owned {
  /** @throws {EngineError} DEVICE_FAILED once it is freed. */
  readonly pointer: Pointer;
  /** Keeps it, even if it is freed meanwhile, until the result is called. @throws as `pointer` */
  hold(): () => void;
  /** Frees it, now or when nobody holds it any more. A second call does nothing. */
  free(): void;
}

/**
 * @param what for messages: "buffer".
 * @param destroy frees the object.
 */
export function owned(pointer: Pointer, what: string, destroy: (pointer: Pointer) => void): Owned {
  let holders = 0;
  let isFreed = false;
  const requireThere = (): void => {
    if (isFreed) throw alreadyFreed(what);
  };
  return {
    get pointer() {
      requireThere();
      return pointer;
    },
    hold() {
      requireThere();
      holders++;
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        holders--;
        if (isFreed && holders === 0) destroy(pointer);
      };
    },
    free() {
      if (isFreed) return;
      isFreed = true;
      if (holders === 0) destroy(pointer);
    },
  };
}
