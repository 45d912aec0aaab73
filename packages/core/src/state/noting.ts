import type * as tf from "@tensorflow/tfjs";

import type { Scope } from "./scope.ts";

/** A value that was made in a scope, by its name within the scope. */
export interface Made {
  readonly name: string;
  readonly variable: tf.Variable;
}

/** A scope that also writes down the values made in it. @param at stands before their names. */
export const noting = (scope: Scope, at: string, made: Made[]): Scope => ({
  ...scope,
  child: (name) => noting(scope.child(name), `${at}${name}.`, made),
  parameter(name, ...rest) {
    const variable = scope.parameter(name, ...rest);
    made.push({ name: at + name, variable });
    return variable;
  },
  buffer(name, ...rest) {
    const variable = scope.buffer(name, ...rest);
    made.push({ name: at + name, variable });
    return variable;
  },
});
