import { isLoopback } from "@tssl/engine";

/**
 * The address of a process of this machine as other machines reach it, if it gave one that only this machine
 * does, as where /etc/hosts gives the machine's own name to 127.0.1.1.
 *
 * @param own another address of this machine.
 *
 * @example
 * ```ts
 * reachableLike("10.0.0.1:40001", "127.0.1.1:40002"); // => "10.0.0.1:40002"
 * reachableLike("10.0.0.1:40001", "10.0.0.2:40002"); // => "10.0.0.2:40002"
 * ```
 */
export const reachableLike = (own: string, address: string): string =>
  isLoopback(address) ? own.replace(/:\d+$/, "") + /:\d+$/.exec(address)![0] : address;
