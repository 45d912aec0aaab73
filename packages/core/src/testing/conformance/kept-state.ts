import type { Build } from "../../plugins/build.ts";
import { liesIn } from "../../state/lies-in.ts";

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
    build(plugin, build) {
      const noting =
        <Rest extends unknown[], Made>(make: (name: string, ...rest: Rest) => Made) =>
        (name: string, ...rest: Rest): Made => {
          names.push(`${plugin}.${name}`);
          return make(name, ...rest);
        };
      return {
        ...build,
        queue: noting(build.queue),
        bank: noting(build.bank),
        variable: noting(build.variable),
        parameter: noting(build.parameter),
      };
    },
    holds: (name) => names.some((made) => liesIn(name, made)),
  };
}
