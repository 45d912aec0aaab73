import type { RunObserver } from "../run/observer.ts";

/** Says a notice to every observer. */
export type Tell = (notice: string) => void;

export const tellAll =
  (observers: readonly RunObserver[]): Tell =>
  (notice) => {
    for (const observer of observers) void observer.onNotice?.(notice);
  };
