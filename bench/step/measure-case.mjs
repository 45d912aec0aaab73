// Speed and memory of one case, in several variants of both programs.
import { median } from "./median.mjs";
import { startServer } from "./server.mjs";

const FEWEST_STEPS = 2;

/**
 * Warms up every variant in a process of its own and probes it with a few steps; then each program's fastest
 * do steps in turns. The others end at once, so that memory holds few.
 *
 * @param variants `{ program, variant, command, args }`, in the order of their turns.
 * @param plan `probeSteps`; `keep`: how many of each program take turns; `rounds`; `steps` per turn, or
 * `turnSeconds`, from which they follow.
 * @returns the variants, each with `unavailable`, a reason, or with `probe` in images per second,
 * `disturbances` and the facts that its program tells; those that took turns also with `turns` in images per
 * second and `peaks` in MiB.
 */
export async function measureCase({ variants, batch, plan, onProgress }) {
  const results = [];
  const servers = new Map();
  try {
    for (const variant of variants) {
      onProgress(`${variant.program} ${variant.variant} warms up`);
      const { measure, peaks, stop, ...facts } = await startServer(variant.command, variant.args);
      const result = { ...variant, ...facts };
      results.push(result);
      if (result.unavailable !== undefined) continue;
      servers.set(result, { measure, peaks, stop });
      Object.assign(result, { probe: [], disturbances: [] });
      while (result.probe.length < plan.probeSteps) {
        const { seconds, disturbance } = await measure(1);
        result.probe.push(batch / seconds);
        result.disturbances.push(disturbance);
      }
      await stopSlower(servers, result.program, plan.keep);
    }
    requireSameWork(results.filter(({ unavailable }) => unavailable === undefined));
    await takeTurns(servers, { batch, plan, onProgress });
    return results;
  } finally {
    for (const { stop } of servers.values()) await stop();
  }
}

async function takeTurns(servers, { batch, plan, onProgress }) {
  const order = [...servers.keys()];
  const fastest = Math.max(...order.map(({ probe }) => median(probe)));
  const steps = plan.steps ?? Math.max(FEWEST_STEPS, Math.round((plan.turnSeconds * fastest) / batch));
  for (const result of order) result.turns = [];
  for (let round = 0; round < plan.rounds; round++) {
    onProgress(`round ${round + 1} of ${plan.rounds}, steps in a turn: ${steps}`);
    // There and back again, so that a machine that slows down steadily hits all alike.
    for (const result of round % 2 === 0 ? order : order.toReversed()) {
      const { measure } = servers.get(result);
      await measure(1); // untimed: finds the other program's data in the caches, and its threads asleep
      const { seconds, disturbance } = await measure(steps);
      result.turns.push((batch * steps) / seconds);
      result.disturbances.push(disturbance);
    }
  }
  for (const result of order) result.peaks = servers.get(result).peaks();
}

async function stopSlower(servers, program, keep) {
  const slower = [...servers.keys()]
    .filter((result) => result.program === program)
    .sort((a, b) => median(b.probe) - median(a.probe))
    .slice(keep);
  for (const result of slower) {
    await servers.get(result).stop();
    servers.delete(result);
  }
}

function requireSameWork(results) {
  for (const fact of ["parameters", "threads"]) {
    if (new Set(results.map((result) => result[fact])).size === 1) continue;
    const found = results.map((result) => `${result.program} ${result.variant} ${result[fact]}`);
    throw new Error(`The programs differ in ${fact}: ${found.join(", ")}.`);
  }
}
