import { notAPng } from "../messages/writing.ts";
import { type Html, html, trusted } from "./html.ts";

/** Side in pixels up to which pixels are shown as squares: smoothing would hide what the network sees. */
const PIXELATED_UP_TO = 96;

/** An `<img>` that carries its PNG inside. Its size on the page is set by the style sheet. */
export function picture(png: Uint8Array, alt: string): Html {
  const { width, height } = pngSize(png);
  const url = trusted(`data:image/png;base64,${Buffer.from(png).toString("base64")}`);
  const small = Math.max(width, height) <= PIXELATED_UP_TO;
  return html`<img
    class="${small ? "pixels" : "photo"}"
    src="${url}"
    alt="${alt}"
    width="${width}"
    height="${height}"
  />`;
}

/** Read from the header chunk, which comes first in every PNG. */
function pngSize(png: Uint8Array): { width: number; height: number } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  if (png.byteLength < 24 || view.getUint32(0) !== 0x89504e47) {
    throw notAPng(png.byteLength);
  }
  return { width: view.getUint32(16), height: view.getUint32(20) };
}
