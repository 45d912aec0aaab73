import { cosine, type Schedule, steps } from "../state/schedules.ts";

/** How a probe's learning rate falls, as factors of it; it changes with the epoch. */
export const probeSchedules = {
  /** MoCo's, which has lr 30 on ImageNet: a tenth from 60 % of the epochs and a hundredth from 80 %. */
  steps: steps({ value: 1, milestones: [0.6, 0.8], factor: 0.1 }),
  /** CLSA's, which has lr 10 on ImageNet: half a cosine to a thousandth. */
  cosine: cosine({ from: 1, to: 0.001 }),
  /** SwAV's: half a cosine to 0. */
  swav: cosine({ from: 1, to: 0 }),
  /** PyContrast's: a fifth from epoch 30 of 60, and again from 40 and from 50. */
  pycontrast: steps({ value: 1, milestones: [30 / 60, 40 / 60, 50 / 60], factor: 0.2 }),
  /** VISSL's: a tenth from epoch 8 of 28, and again from 16 and from 24. */
  vissl: steps({ value: 1, milestones: [8 / 28, 16 / 28, 24 / 28], factor: 0.1 }),
} as const satisfies Record<string, Schedule>;

export type ProbeScheduleName = keyof typeof probeSchedules;
