// What run.mjs asks of a device, in order, with the seconds that each may take.
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const check = (...parameters) => ({ parameters: [here("check-device.mjs"), ...parameters] });

const METHOD = "moco + clsa";

/** @param folder for files of the checks. @param cards GPUs of the machine. */
export function stages(device, folder, cards) {
  const isCpu = device === "cpu";
  /** A CPU may have other work. */
  const limit = (seconds) => (isCpu ? 10 * seconds : seconds);
  const state = path.join(folder, "state.json");
  const size = isCpu
    ? ["--encoder", "resnet20", "--batch", "16", "--size", "32"]
    : ["--encoder", "resnet50", "--batch", "256", "--size", "224"];
  const speed = (precision) => ({
    name: `speed ${precision}`,
    seconds: limit(120),
    commands: [check("speed", "--precision", precision, "--steps", isCpu ? "3" : "30", ...size)],
  });
  return [
    { name: "golden float32", precision: "float32", seconds: limit(180), commands: [check("golden")] },
    ...["tf32", "bfloat16"].map((precision) => ({
      name: `golden ${precision}`,
      precision,
      seconds: limit(60),
      commands: [check("golden", "--precision", precision, "--only", METHOD)],
    })),
    {
      name: "kill and resume",
      seconds: limit(120),
      commands: [
        check("part", "--from", "0", "--to", "4"),
        { ...check("part", "--from", "0", "--to", "2", "--state", state, "--die"), isKilled: true },
        check("part", "--from", "2", "--to", "4", "--state", state),
      ],
    },
    {
      name: "level memory",
      seconds: limit(120),
      commands: [check("level", "--steps", isCpu ? "20" : "500", "--batch", isCpu ? "8" : "128")],
    },
    ...(isCpu ? ["float32"] : ["bfloat16", "tf32"]).map(speed),
    ...(isCpu || cards > 1 ? together(isCpu ? 2 : cards, { limit, size }) : []),
    wholeRun(isCpu, folder),
    ...(isCpu ? [] : [pytorch()]),
  ];
}

/** Several devices that train together: the numbers of one, and how much faster they are. */
function together(cards, { limit, size }) {
  // Batches of a power of two are shared out evenly.
  const replicas = 2 ** Math.floor(Math.log2(cards));
  const [batch] = size.filter((_, i) => size[i - 1] === "--batch");
  const sizes = size.map((value, i) => (size[i - 1] === "--batch" ? String(replicas * batch) : value));
  const precision = size.includes("resnet50") ? "bfloat16" : "float32";
  return [
    {
      name: "golden on 2 devices",
      precision: "float32",
      seconds: limit(60),
      commands: [check("golden", "--replicas", "2", "--only", METHOD)],
    },
    {
      name: `speed ${precision} on ${replicas} devices`,
      seconds: limit(120),
      commands: [
        check("speed", "--replicas", String(replicas), "--precision", precision, "--steps", "10", ...sizes),
      ],
    },
  ];
}

/** One epoch with the loader: of the bundled images, which are small, so that decoding costs little. */
function wholeRun(isCpu, folder) {
  const sizes = isCpu
    ? ["batchSize=64", "encoder.use=resnet20"]
    : ["batchSize=256", "encoder.use=resnet50", "encoder.stem=imagenet", "imageSize=224"];
  const flags = [...sizes, "epochs=1"].flatMap((value) => ["--set", value]);
  return {
    name: "whole run",
    seconds: isCpu ? 1500 : 150,
    isOptional: true,
    commands: [{ parameters: [here("check-train.mjs"), folder, ...flags] }],
  };
}

/** The same network in PyTorch, where it is installed. */
const pytorch = () => ({
  name: "speed in PyTorch",
  seconds: 150,
  isOptional: true,
  commands: [{ program: process.env.TSSL_PYTHON || "python3", parameters: [here("torch_step.py")] }],
});
