import type { PluginRun } from "../plugins/plugin.ts";
import type { StepMachine } from "./step-machine.ts";

/** Where a step is; the plugin whose part it is, if it is one's. */
export interface StepPhase {
  readonly plugin?: string;
  readonly hook: "images" | "step" | "loss" | "optimizer" | "after" | "afterStep";
}

/** The same machine, which tells each time another of its parts begins to work. */
export function watchMachine(machine: StepMachine, onPhase: (phase: StepPhase) => void): StepMachine {
  const watchRun = (plugin: string, run: PluginRun): PluginRun => ({
    ...run,
    step(context) {
      onPhase({ plugin, hook: "step" });
      const result = run.step(context);
      onPhase({ hook: "loss" });
      if (result.after === undefined) return result;
      return {
        ...result,
        after() {
          onPhase({ plugin, hook: "after" });
          result.after?.();
        },
      };
    },
    ...(run.afterStep === undefined
      ? {}
      : {
          afterStep(context) {
            onPhase({ plugin, hook: "afterStep" });
            run.afterStep?.(context);
          },
        }),
  });
  return {
    ...machine,
    plugins: machine.plugins.map((plugin) => ({ ...plugin, run: watchRun(plugin.name, plugin.run) })),
    prepare(images) {
      onPhase({ hook: "images" });
      return machine.prepare(images);
    },
    optimizer: {
      update(gradients, learningRate) {
        onPhase({ hook: "optimizer" });
        machine.optimizer.update(gradients, learningRate);
      },
    },
  };
}
