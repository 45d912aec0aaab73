import type * as tf from "@tensorflow/tfjs";

import { messageOf } from "../errors.ts";
import type { Pointer } from "../foreign-functions.ts";
import type { SessionSettings } from "../start.ts";
import { asRun } from "./as-run.ts";
import type { Backend } from "./backend.ts";
import { cLibrary } from "./c-library.ts";
import type { HostTensor } from "./data-types.ts";
import type { Precision } from "./mixed-precision.ts";
import type { Recording } from "./record.ts";
import { overProcesses } from "./over-processes.ts";
import { openSession } from "./session.ts";
import { createSessionState } from "./session-state.ts";
import { addToSession, type SessionStep } from "./session-step.ts";

interface TensorflowOptions {
  readonly variables: Readonly<Record<string, tf.Variable>>;
  readonly mode: "graph" | "xla";
  readonly precision: Precision;
  readonly settings: SessionSettings;
  /** Told where XLA cannot compile a step, which then runs as a graph. */
  readonly onFallback: (step: string, reason: string) => void;
}

/**
 * A session of TensorFlow in this process, with the state in its resource variables.
 *
 * @param options.settings with a group of processes, steps are run together with those of the others.
 */
export function tensorflowBackend(options: TensorflowOptions): Backend {
  const { variables, mode, precision, settings, onFallback } = options;
  const library = cLibrary(settings.libraryFolder);
  const session = openSession(library, settings);
  let graphs = 0;
  const add = (recorded: Recording, kind: "graph" | "xla"): SessionStep =>
    addToSession({
      session,
      prefix: `g${graphs++}/`,
      recording: asRun(recorded, library, { mode: kind, precision }),
      variables,
      mode: kind,
    });

  return {
    state: createSessionState(session, variables),
    build(recorded, name) {
      const { group } = settings;
      const recording = group === undefined ? recorded : overProcesses(recorded, name, group.rank);
      let step = add(recording, mode);
      let isProven = mode === "graph";

      /** If XLA cannot compile the step, no state has changed: assignments come last. */
      const run = async (loaded: readonly Pointer[]): Promise<Record<string, HostTensor>> => {
        if (isProven) return step.run(loaded);
        try {
          return await step.run(loaded);
        } catch (error) {
          step = add(recording, "graph");
          onFallback(name, messageOf(error));
          return await step.run(loaded);
        } finally {
          isProven = true;
        }
      };
      return {
        load(inputs) {
          const loaded = step.load(inputs);
          return { run: () => run(loaded), free: () => step.free(loaded) };
        },
      };
    },
    close: () => session.close(),
  };
}
