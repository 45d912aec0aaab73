import type { HostTensor, ProgramState } from "@tssl/engine";
import { describe, expect, it } from "vitest";

import type { FeatureExtractor } from "../evaluation/compile-features.ts";
import type { Network } from "../networks/network.ts";
import type { Followers } from "../processes/gather.ts";
import { imagesOf, type Order } from "../processes/orders.ts";
import type { CompiledRun } from "./compile-run.ts";
import { leadRun } from "./lead-run.ts";

/** Features of images of 2 values: their sum, and the first one times `factor`. */
const sums = (factor: number): FeatureExtractor => ({
  dim: 2,
  extract: ({ values, shape }) =>
    Promise.resolve(
      Float32Array.from(
        Array.from({ length: shape[0]! }, (_, i) => [
          values[2 * i]! + values[2 * i + 1]!,
          factor * values[2 * i]!,
        ]).flat(),
      ),
    ),
});

const own = { name: "moco.online" } as Network;
const state = new Map() as unknown as ProgramState;
const compiled = {
  state,
  features: sums(1),
  embeddings: () => sums(3),
} as unknown as CompiledRun;

/** A run that two others follow, which keep what they were asked. */
function led() {
  const asked: { place: number; order: Order; images: HostTensor }[] = [];
  const followers = {
    group: { rank: 0, addresses: ["a", "b", "c"] },
    tell: () => undefined,
    async ask(place: number, order: Order, bytes: readonly Uint8Array[]) {
      const images = imagesOf(order, Buffer.concat(bytes));
      asked.push({ place, order, images });
      const { buffer } = await sums(order.network === undefined ? 1 : 3).extract(images);
      return new Uint8Array(buffer);
    },
  } as unknown as Followers;
  return { asked, run: leadRun(compiled, { networks: { [own.name]: own } }, followers) };
}

const images = (count: number): HostTensor => ({
  values: Uint8Array.from({ length: 2 * count }, (_, i) => i),
  shape: [count, 1, 2, 1],
});

describe("features of images are shared out over processes", () => {
  it.each([
    [7, [3, 1]],
    [6, [2, 2]],
    [2, [1]],
    [1, []],
  ])("%d images: the others get %j", async (count, others) => {
    const { asked, run } = led();
    expect(await run.features.extract(images(count))).toEqual(await sums(1).extract(images(count)));
    expect(asked.map(({ place, images }) => [place, images.shape])).toEqual(
      others.map((share, place) => [place, [share, 1, 2, 1]]),
    );
  });

  it("and so are embeddings of a network that the others have, but of no other", async () => {
    const { asked, run } = led();
    const wanted = await sums(3).extract(images(4));
    expect(await run.embeddings(own).extract(images(4))).toEqual(wanted);
    expect(asked.map(({ order }) => order.network)).toEqual(["moco.online"]);
    expect(await run.embeddings({ ...own }).extract(images(4))).toEqual(wanted);
    expect(asked).toHaveLength(1);
  });
});
