import {
  describeEnvironmentChange,
  type KeptFineTuning,
  messageOf,
  openFineTuning,
  percent,
  saveInterval,
} from "@tssl/core/internal";
import {
  type FineTuneKeeping,
  type FineTuneResult,
  type FineTuneState,
  type RunSettings,
  TsslError,
} from "@tssl/core/run";

import {
  fineTuningBegunAnew,
  fineTuningEnded,
  fineTuningGoesOn,
  fineTuningNotKept,
} from "./messages/fine-tuning.ts";
import { tell } from "./terminal.ts";

/** What is trained: a network with a share of the labels. */
export interface AskedFineTuning extends Pick<FineTuneResult, "fraction" | "trunkRate" | "headRate"> {
  readonly fromScratch: boolean;
}

export interface UnfinishedOptions extends Omit<Parameters<typeof openFineTuning>[1], "asked"> {
  readonly epochs: number;
  /** What else is asked for. */
  readonly settings: unknown;
  /** When states are saved: as those of the run were. */
  readonly checkpoint: RunSettings["checkpoint"];
}

/** The fine-tunings of an evaluation, each kept in the run folder until all of them are done. */
export interface UnfinishedFineTunings {
  /**
   * Trains one. What an earlier call began goes on, and what it ended is not trained again.
   *
   * @param train does so from a state on, and has it kept.
   */
  tune(
    asked: AskedFineTuning,
    train: (keeping: FineTuneKeeping) => Promise<FineTuneResult>,
  ): Promise<FineTuneResult>;
  /** False once something could not be kept, which was told. */
  areKept(): boolean;
  /** Deletes what is kept of them: the evaluation is done. */
  remove(): Promise<void>;
  /** Lets other processes have them. */
  close(): void;
}

export function unfinishedFineTunings(
  runFolder: string,
  { of, environment, epochs, settings, checkpoint }: UnfinishedOptions,
): UnfinishedFineTunings {
  const opened: KeptFineTuning[] = [];
  let areKept = true;
  /** A folder that cannot be written, or a full disk, keeps nobody from training. */
  const kept = async (keep: () => Promise<unknown>): Promise<void> => {
    try {
      await keep();
    } catch (error) {
      if (error instanceof TsslError) throw error;
      if (areKept) tell(fineTuningNotKept(messageOf(error)));
      areKept = false;
    }
  };
  return {
    async tune(asked, train) {
      const what = `${asked.fromScratch ? "from scratch " : ""}with ${percent(asked.fraction)} of the labels`;
      let own: KeptFineTuning | undefined;
      await kept(async () => {
        own = await openFineTuning(runFolder, { asked: [asked, settings], of, environment });
        opened.push(own);
      });
      const { found, unusable } = own ?? {};
      if (unusable !== undefined) tell(fineTuningBegunAnew(what, unusable));
      if (found !== undefined) {
        tell(
          found.state === undefined
            ? fineTuningEnded(what)
            : fineTuningGoesOn(what, found.state.point, epochs),
        );
        const otherwise = describeEnvironmentChange(found.environment, environment);
        if (otherwise !== undefined) tell(otherwise);
        if (found.result !== undefined) return found.result;
      }
      const interval = saveInterval(checkpoint);
      const save = async (state: FineTuneState) => {
        interval.begin();
        await kept(async () => own?.save(state));
      };
      const from = found?.state;
      const isDue = (step: number) => interval.isOver(step);
      try {
        const result = await train({ ...(from && { from }), isDue, save });
        await kept(async () => own?.end(result));
        return result;
      } catch (error) {
        const wouldAgain = error instanceof TsslError && error.code === "TRAINING_FAILED";
        if (wouldAgain) await kept(async () => own?.remove());
        throw error;
      }
    },
    areKept: () => areKept,
    remove: async () => {
      for (const each of opened) await kept(() => each.remove());
    },
    close: () => opened.forEach((each) => each.close()),
  };
}
