import { freeAddress } from "./address.ts";
import type { ProcessGroup } from "./process-group.ts";

/** A group of processes at free ports of this machine, as each of them sees it. */
export async function freeGroup(count: number): Promise<readonly ProcessGroup[]> {
  const addresses = await Promise.all(Array.from({ length: count }, () => freeAddress("127.0.0.1")));
  return addresses.map((_, rank) => ({ rank, addresses }));
}
