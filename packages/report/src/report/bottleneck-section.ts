import { counted, percent, short } from "@tssl/core/internal";
import type { Bottleneck, Stage } from "@tssl/core/run";

import { type Html, html } from "./html.ts";

const MEANING: Readonly<Record<Stage["name"], string>> = {
  decode: "files to pixels, in the loader's threads",
  augment: "pixels to views, in the loader's threads",
  "hand-over": "views into TensorFlow's memory, while a step runs",
  compute: "the steps",
  idle: "steps that waited for their images",
};

/** The section on loading and computing: time by stage, and advice. */
export function bottleneckSection(bottleneck: Bottleneck | undefined): Html | undefined {
  if (bottleneck === undefined) return undefined;
  const { stages, threads, advice } = bottleneck;
  return html`<section id="bottleneck">
    <h2>Loader and steps</h2>
    <p>${advice}</p>
    <div class="block">
      <dl class="facts">
        ${stages.map(
          ({ name, millisecondsPerImage, share }) =>
            html`<div>
              <dt>${name}: ${MEANING[name]}</dt>
              <dd>${percent(share)} <small>${short(millisecondsPerImage)} ms per image</small></dd>
            </div>`,
        )}
      </dl>
      <p class="hint">
        Shares of the time of training, without compiling and evaluation. Decode and augment are shares of the
        loader's work (${counted(threads, "thread")}), part of which is done while steps are compiled.
      </p>
    </div>
  </section>`;
}
