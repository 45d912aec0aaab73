// Runs the steps of tssl and of PyTorch in turns, so that what else the machine does hits both, and prints a table.
//
//   node bench/step/run.mjs [--python bench/.venv/bin/python] [--rounds 5] [--steps 5] [case …]
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    python: { type: "string", default: here("../.venv/bin/python") },
    rounds: { type: "string", default: "5" },
    steps: { type: "string", default: "5" },
  },
});
const cases =
  positionals.length > 0 ? positionals : ["moco-resnet20", "clsa-resnet20", "moco-resnet18", "clsa-resnet18"];

/** A program that answers a line "run <case> <steps>" with a line of JSON. */
function startServer(program, args) {
  const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(name, steps) {
      child.stdin.write(`run ${name} ${steps}\n`);
      const { value, done } = await lines.next();
      if (done) throw new Error(`${program} ended without an answer`);
      return JSON.parse(value);
    },
    stop: () => child.stdin.end(),
  };
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const speed = (results) => {
  const numbers = results.map(({ imagesPerSecond }) => imagesPerSecond);
  return `${median(numbers).toFixed(0)} (${Math.min(...numbers).toFixed(0)}–${Math.max(...numbers).toFixed(0)})`;
};

console.log("| step | tssl, images/s: median (range) | PyTorch | ratio of each round: median (range) |");
console.log("|---|---|---|---|");
for (const name of cases) {
  // Fresh processes per case: one case's memory is not counted to the next.
  const tssl = startServer(process.execPath, [here("tssl-step.mjs")]);
  const pytorch = startServer(values.python, [here("pytorch_step.py"), "--serve"]);
  const rounds = [];
  for (let round = 0; round <= Number(values.rounds); round++) {
    const pair = { tssl: await tssl.run(name, values.steps), pytorch: await pytorch.run(name, values.steps) };
    if (round > 0) rounds.push(pair); // the first one warms up
  }
  tssl.stop();
  pytorch.stop();
  const ratios = rounds.map((pair) => pair.tssl.imagesPerSecond / pair.pytorch.imagesPerSecond);
  const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const cells = [speed(rounds.map((pair) => pair.tssl)), speed(rounds.map((pair) => pair.pytorch))];
  console.log(`| ${name} | ${cells.join(" | ")} | ${median(ratios).toFixed(2)} (${range}) |`);
}
