import koffi from "koffi";

/**
 * Bytes of stack of a call into a C library. koffi gives a call on another thread 128 KiB, which XLA's
 * compiler overflows: the process then dies without a word.
 */
const STACK = 8 * 2 ** 20;

/** Takes settings before the first library is loaded; after that koffi refuses them. */
function setStack(): void {
  const { async_stack_size: now = 0 } = koffi.config() as { async_stack_size?: number };
  if (now >= STACK) return;
  try {
    koffi.config({ async_stack_size: STACK, sync_stack_size: STACK });
  } catch {
    // Someone else uses koffi in this process. `hasDeepStack` tells who needs the stack.
  }
}
setStack();

/** Whether a call on another thread has the stack that a compiler needs. */
export const hasDeepStack = (): boolean =>
  ((koffi.config() as { async_stack_size?: number }).async_stack_size ?? 0) >= STACK;

/** A pointer of a C library. */
export type Pointer = bigint;

/** dlopen's flags on Linux: resolve all symbols at once, show them to other libraries, never unload. */
const [NOW, GLOBAL, NO_DELETE] = [0x2, 0x100, 0x1000];

/**
 * Opens a library for as long as the process lives. koffi closes a library when its handle is collected, and
 * when the process ends, which the threads of a large library do not survive.
 *
 * @param options.global whether libraries that are opened later see its symbols.
 * @returns what the system's linker says, if it cannot be opened.
 */
export function pinLibrary(file: string, { global = false } = {}): string | undefined {
  const c = koffi.load("libc.so.6");
  const dlerror = c.func("const char* dlerror()") as () => string | null;
  const dlopen = c.func("void* dlopen(const char*, int)") as (file: string, flags: number) => Pointer | null;
  if (dlopen(file, NOW | NO_DELETE | (global ? GLOBAL : 0))) return undefined;
  return dlerror() ?? "unknown reason";
}

/** The bytes at a pointer, not copied: valid as long as their owner. */
export const memoryAt = (pointer: Pointer, length: number): Uint8Array =>
  new Uint8Array(koffi.view(pointer, length));

export { koffi };
