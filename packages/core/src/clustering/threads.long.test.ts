import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

import { expect, it } from "vitest";

/** Clusters rows with the number of threads in its arguments, and prints a hash of all that it finds. */
const PROGRAM = `
  import { createHash } from "node:crypto";
  import { randomStream } from "@tssl/augment-zoo";
  import { kmeans } from "@tssl/core/clustering";
  import { startEngine } from "@tssl/engine";
  const [count, dim] = [20_000, 64];
  await startEngine({ device: "cpu", threads: Number(process.argv[1]) });
  const random = randomStream(1);
  const values = Float32Array.from({ length: count * dim }, () => random.normal());
  const found = await kmeans({ count, dim, values }, { clusters: 700, iterations: 8, random });
  const hash = createHash("sha256").update(found.labels).update(found.centroids).update(found.distances);
  console.log(hash.digest("hex"));
`;

function hashWith(threads: number): string {
  const cwd = fileURLToPath(new URL("../..", import.meta.url));
  const args = ["--input-type=module", "--eval", PROGRAM, String(threads)];
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  return stdout.trim();
}

it("k-means comes to the same bits with 1, 2 and 5 threads", () => {
  const [one, two, five] = [1, 2, 5].map(hashWith);
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect([two, five]).toEqual([one, one]);
}, 300_000);
