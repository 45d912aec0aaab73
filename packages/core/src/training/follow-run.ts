import type { FeatureExtractor } from "../evaluation/compile-features.ts";
import { fits } from "../files/shapes.ts";
import { brokenFrame } from "../messages/processes.ts";
import type { Frame } from "../processes/frames.ts";
import { imagesOf, type Order, orderShape, writtenValues } from "../processes/orders.ts";
import { type BatchSource, type StepBatch, stepBatches } from "./batches.ts";
import type { CompiledRun } from "./compile-run.ts";
import type { HostPart } from "./host-part.ts";
import type { PreparedRun } from "./prepare-run.ts";
import { firstBatches } from "./settled-statistics.ts";

export interface FollowedRun {
  readonly run: PreparedRun;
  readonly compiled: CompiledRun;
  readonly source: BatchSource;
}

/** What a process tells the one that leads. */
export interface FollowerReports {
  /** Sends features that were asked for. */
  readonly answer: (features: Float32Array) => void;
  /** Is told after each order. */
  readonly onDone: () => void;
}

/**
 * Does what the process that leads has this one do, on images of its own, until it ends the run.
 *
 * @returns whether the run was ended; false where the orders broke off.
 */
export async function followRun(
  { run, compiled, source }: FollowedRun,
  orders: AsyncIterable<Frame>,
  { answer, onDone }: FollowerReports,
): Promise<boolean> {
  const settling = batchesInTurn((from) => stepBatches(firstBatches(source), from));
  const steps = batchesInTurn((from) => stepBatches(source, from));
  const extractors = new Map<string, FeatureExtractor>();
  const extractorOf = (name: string | undefined): FeatureExtractor => {
    if (name === undefined) return compiled.features;
    const network = run.networks[name];
    if (network === undefined) throw brokenFrame();
    const extractor = extractors.get(name) ?? compiled.embeddings(network);
    extractors.set(name, extractor);
    return extractor;
  };
  try {
    for await (const { said, bytes } of orders) {
      if (!fits(orderShape, said)) throw brokenFrame();
      if (said.order === "end") return true;
      await obey(said, bytes);
      onDone();
    }
    return false;
  } finally {
    await settling.close();
    await steps.close();
  }

  async function obey(said: Order, bytes: Uint8Array): Promise<void> {
    const { order, step = 0, part = 0 } = said;
    const partOf = async (batches: BatchesInTurn): Promise<HostPart> => (await batches.at(step)).parts[part]!;
    const phase = run.phaseAt(step);
    if (order === "write") compiled.state.writeEach(writtenValues(said, bytes));
    if (order === "features") answer(await extractorOf(said.network).extract(imagesOf(said, bytes)));
    if (order === "settle") await compiled.loadStatistics(await partOf(settling)).run();
    // Both have batches made ahead, for which the loader has room once.
    if (order === "probe" || order === "step") await settling.close();
    if (order === "probe") await compiled.loadProbe(await partOf(steps), phase).run();
    if (order === "step") {
      const { parts } = await steps.at(step);
      await compiled.load(parts, run.learningRate(step, run.facts.totalSteps), phase).run();
    }
  }
}

/** Batches that are asked for by the number of their step, each several times, most often in turn. */
interface BatchesInTurn {
  at(step: number): Promise<StepBatch>;
  close(): Promise<void>;
}

function batchesInTurn(open: (from: number) => AsyncGenerator<StepBatch>): BatchesInTurn {
  let now: { readonly step: number; readonly batch: StepBatch } | undefined;
  let batches: AsyncGenerator<StepBatch> | undefined;
  const close = async (): Promise<void> => {
    now?.batch.release();
    now = undefined;
    await batches?.return(undefined);
    batches = undefined;
  };
  return {
    close,
    async at(step) {
      if (now?.step === step) return now.batch;
      if (batches === undefined || now?.step !== step - 1) {
        await close();
        batches = open(step);
      }
      now?.batch.release();
      const next = await batches.next();
      if (next.done === true) throw brokenFrame();
      now = { step, batch: next.value };
      return next.value;
    },
  };
}
