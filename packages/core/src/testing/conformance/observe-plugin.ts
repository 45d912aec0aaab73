import type { AnyPlugin, PluginRun, StepContext, StepResult, View } from "../../plugins/plugin.ts";
import type { Build } from "../../plugins/build.ts";

export type Hook = "setup" | "step" | "after" | "afterStep" | "beforeEpoch";

/** Which call of which plugin. */
export interface Moment {
  readonly plugin: string;
  readonly hook: Hook;
}

/** What a check wants to see of the plugins of a run while they work. */
export interface Observer {
  /** Around every call of a hook; what `beforeEpoch` returns is a promise. */
  around?<T>(moment: Moment, call: () => T): T;
  /** Views that a plugin has asked for. */
  onViews?(plugin: string, views: Readonly<Record<string, View>>): void;
  /** Gives the plugin another `build`. */
  build?(plugin: string, build: Build): Build;
  /** Gives the plugin another context. */
  context?(plugin: string, context: StepContext): StepContext;
  onResult?(plugin: string, result: StepResult): void;
}

/** The same plugin under observation. */
export function observePlugin(plugin: AnyPlugin, observer: Observer): AnyPlugin {
  const { name } = plugin;
  const around = <T>(hook: Hook, call: () => T): T =>
    observer.around === undefined ? call() : observer.around({ plugin: name, hook }, call);

  const observeRun = (run: PluginRun): PluginRun => ({
    ...run,
    step(context) {
      const given = observer.context?.(name, context) ?? context;
      const result = around("step", () => run.step(given));
      observer.onResult?.(name, result);
      if (result.after === undefined) return result;
      return { ...result, after: () => around("after", () => result.after!()) };
    },
    ...(run.afterStep === undefined
      ? {}
      : { afterStep: (context) => around("afterStep", () => run.afterStep!(context)) }),
    ...(run.beforeEpoch === undefined
      ? {}
      : { beforeEpoch: (context) => around("beforeEpoch", () => run.beforeEpoch!(context)) }),
  });

  return {
    ...plugin,
    ...(plugin.views === undefined
      ? {}
      : {
          views(options, facts) {
            const views = plugin.views!(options, facts);
            observer.onViews?.(name, views);
            return views;
          },
        }),
    setup: (build, options) =>
      observeRun(around("setup", () => plugin.setup(observer.build?.(name, build) ?? build, options))),
  };
}
