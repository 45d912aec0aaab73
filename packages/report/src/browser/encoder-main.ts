// The script of the page that carries an encoder.
import { startCopyButtons } from "./copy-buttons.ts";
import { compareImages } from "./encoder/compare-images.ts";
import { startMaps } from "./maps.ts";

document.documentElement.classList.add("scripted");
startMaps();
startCopyButtons();
compareImages().catch((error: unknown) => {
  document.querySelector("#drop output")!.textContent =
    `The encoder cannot run in this browser: ${String(error)}`;
});
