/** Processes that compute together, on this machine or on several. */
export interface ProcessGroup {
  /** The number of this process, from 0. */
  readonly rank: number;
  /**
   * Where the engine of each process listens, in the order of their numbers: "10.0.0.1:40001". Whoever
   * reaches such an address can use the engine behind it: they must be in a network that is trusted.
   */
  readonly addresses: readonly string[];
  /**
   * The number of this process, from 0, among those that see the same devices of its machine: in mode "pjrt"
   * each takes devices of its own, in this order. Default 0.
   */
  readonly place?: number;
}
