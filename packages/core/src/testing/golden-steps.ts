import type { EngineMode, ProgramState } from "@tssl/engine";
import { assertClose, fill } from "@tssl/engine/testing";
import * as tf from "@tensorflow/tfjs";

import { l2Normalize } from "../losses/l2-normalize.ts";
import { compileRun } from "../training/compile-run.ts";
import type { PreparedRun } from "../training/prepare-run.ts";
import { setGoldenWeights } from "./golden-weights.ts";
import { assertProbe, type Probe } from "./probe.ts";

/** A whole training run that a reference has made: `packages/plugin-moco/fixtures/training.py`. */
export interface GoldenSteps {
  readonly settings: {
    readonly batch: number;
    readonly imageSize: number;
    readonly strongImageSize?: number;
    readonly queueSize: number;
    readonly temperature: number;
    readonly emaMomentum: number;
    readonly head: readonly number[];
    readonly sgd: { readonly learningRate: number; readonly momentum: number; readonly weightDecay: number };
  };
  readonly steps: readonly {
    readonly terms: Readonly<Record<string, number>>;
    readonly gradientNorm: number;
    readonly online: Readonly<Record<string, Probe>>;
    readonly target: Readonly<Record<string, Probe>>;
    readonly queue: Probe;
  }[];
}

/**
 * Runs the steps of a golden file and throws where losses, gradient norm, either network or the queue is not the reference's.
 *
 * @param termNames our name of each golden term: `{ infoNce: "moco/infoNce" }`.
 */
export async function assertGoldenSteps(
  run: PreparedRun,
  { settings, steps }: GoldenSteps,
  termNames: Readonly<Record<string, string>>,
  mode: EngineMode,
): Promise<void> {
  const { store } = run;
  for (const network of ["online", "target"]) {
    setGoldenWeights(store, `moco.${network}.encoder.`);
    setGoldenWeights(store, `moco.${network}.head.`);
  }
  const { queueSize, batch, sgd, emaMomentum } = settings;
  const dim = settings.head.at(-1)!;
  tf.tidy(() => {
    const rows = tf.tensor2d(fill("queue", queueSize * dim, 1), [queueSize, dim]);
    store.get("moco.keys.rows").variable.assign(l2Normalize(rows));
  });

  const compiled = compileRun(run, { mode, statistics: AS_IT_IS });
  for (const [number, golden] of steps.entries()) {
    const sizes = {
      query: settings.imageSize,
      key: settings.imageSize,
      strong: settings.strongImageSize ?? 0,
    };
    const views = Object.fromEntries(
      Object.keys(run.views).map((view) => {
        const size = sizes[view as keyof typeof sizes];
        const values = fill(`${view}${number}`, batch * size * size * 3, 1);
        return [view, { values, shape: [batch, size, size, 3] }];
      }),
    );
    const part = {
      views,
      indices: { values: Int32Array.from({ length: batch }, (_, i) => i), shape: [batch] },
      inputs: { "moco.target.momentum": { values: Float32Array.of(emaMomentum), shape: [] } },
    };
    const scalars = await compiled.load([part], sgd.learningRate).run();
    for (const [name, value] of Object.entries(golden.terms)) {
      assertClose([scalars[termNames[name]!]!], [value], 1e-5, `step ${number}: ${name}`);
    }
    assertClose([scalars["gradientNorm"]!], [golden.gradientNorm], 1e-4, `step ${number}: gradient norm`);
    for (const network of ["online", "target"] as const) {
      for (const [name, probe] of Object.entries(golden[network])) {
        assertProbe(valuesIn(compiled.state, `moco.${network}.${name}`), probe, 1e-4, {
          what: `step ${number}: ${network} ${name}`,
        });
      }
    }
    assertProbe(valuesIn(compiled.state, "moco.keys.rows"), golden.queue, 1e-4, {
      what: `step ${number}: queue`,
    });
  }
  await compiled.dispose();
}

/** Leaves 0 .. 255 as it is, so that a golden file's images reach the networks as they stand there. */
const AS_IT_IS = { mean: [0, 0, 0], deviation: [1 / 255, 1 / 255, 1 / 255] } as const;

const valuesIn = (state: ProgramState, name: string) => state.read(name).values;
