import type { RunConfig, RunForecast } from "@tssl/core/run";

import { size } from "./inspection-text.ts";

/** What a step takes on a card: at most 100 columns wide unless names are longer. */
export function forecastText(config: RunConfig, forecast: RunForecast): string {
  const { cardName, cardMemory, batchSize, replicas, fits, largestBatch, memory, flops, leastSeconds } =
    forecast;
  const [cards, each] =
    replicas === 1 ? [`one ${cardName}`, ""] : [`${replicas} x ${cardName}`, " of each card"];
  const plugins = config.plugins.map(({ plugin }) => plugin.name).join(" + ");
  const { precision } = config.settings.engine;
  const largest = largestBatch === undefined ? "" : `; about ${largestBatch} is the largest batch that fits`;
  const lines: [string, string][] = [
    [
      "memory",
      `${size(memory.peak)} of ${size(cardMemory)}: ${size(memory.arguments)} of state and inputs, ` +
        `${size(memory.temporary)} while a step runs${each}`,
    ],
    ["fits", `${fits ? "yes" : "no"}, batch ${batchSize}${largest}`],
    ["arithmetic", `${(flops / 1e12).toFixed(2)} TFLOP a step${each}, in convolutions and matrix products`],
    [
      "time",
      `an estimate: ${milliseconds(leastSeconds)} a step or more, ` +
        `${imagesASecond(batchSize, leastSeconds)} ` +
        "images/s or fewer",
    ],
  ];
  return (
    `${plugins}, ${config.encoder.definition.name}, batch ${batchSize}, ${precision} on ${cards}\n\n` +
    `${lines.map(([name, value]) => `${name.padEnd(11)} ${value}`).join("\n")}\n\n` +
    "Memory is XLA's own number, of a compile without the card; there, it may choose other kernels. The " +
    "time\nis that of all arithmetic at the card's highest rate. Nothing was run.\n"
  );
}

const milliseconds = (seconds: number): string => `${(1000 * seconds).toFixed(seconds < 0.01 ? 2 : 0)} ms`;

const imagesASecond = (images: number, seconds: number): string =>
  Math.floor(images / seconds).toLocaleString("en-US");
