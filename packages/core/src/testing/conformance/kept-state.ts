import type { Build } from "../../plugins/build.ts";

/**
 * Tells which values of a run's state plugins keep outside of networks: queues, banks, variables and
 * parameters.
 */
export interface KeptState {
  /** `Observer.build`: notes what it makes. */
  build(plugin: string, build: Build): Build;
  /** Whether a value of the state is one of them, by its full name. */
  holds(name: string): boolean;
}

export function noteKeptState(): KeptState {
  const names: string[] = [];
  return {
    build: (plugin, build) => ({
      ...build,
      queue(name, options) {
        names.push(`${plugin}.${name}`);
        return build.queue(name, options);
      },
      bank(name, options) {
        names.push(`${plugin}.${name}`);
        return build.bank(name, options);
      },
      variable(name, initial) {
        names.push(`${plugin}.${name}`);
        return build.variable(name, initial);
      },
      parameter(name, options) {
        names.push(`${plugin}.${name}`);
        return build.parameter(name, options);
      },
    }),
    holds: (name) => names.some((made) => name === made || name.startsWith(`${made}.`)),
  };
}
