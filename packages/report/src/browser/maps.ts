import { MAP_DATA_ID, type MapData, SPRITE_ID } from "./page-data.ts";

/** Colours as far from each other as can be; by the golden angle where there are many. */
function classColour(place: number, classes: number, dark: boolean): string {
  if (classes === 0) return dark ? "#84a9ff" : "#2b59c3";
  const hue = classes <= 12 ? (360 * place) / classes + 15 : (place * 137.508) % 360;
  const lightness = (dark ? 66 : 46) + (place % 2 === 0 ? 6 : -6);
  return `hsl(${hue.toFixed(0)} ${dark ? 75 : 70}% ${lightness}%)`;
}

/** The margin of a map around its dots, in pixels. */
const MARGIN = 14;

/** How far from a dot a pointer still means it, in pixels. */
const NEAR = 18;

/** The pixels of a map's canvas where a position is shown: x and y of `MapData`, 0…1000, y upwards. */
export function pixelsOf(
  canvas: HTMLCanvasElement,
  [x, y]: readonly [number, number],
): { readonly x: number; readonly y: number } {
  const size = canvas.clientWidth - 2 * MARGIN;
  return { x: MARGIN + (x / 1000) * size, y: MARGIN + (1 - y / 1000) * size };
}

/** The side of a thumbnail beside the pointer, in pixels. */
const THUMBNAIL = 88;

/** Draws the feature maps of a page; a pointer at a dot shows its image in every map. */
export function startMaps(): void {
  const source = document.getElementById(MAP_DATA_ID);
  if (source === null) return;
  const data = JSON.parse(source.textContent) as MapData;
  const { labels, classes, tile, columns } = data;
  const sprite = document.getElementById(SPRITE_ID) as HTMLImageElement;
  const figures = Array.from(document.querySelectorAll<HTMLElement>("figure.map"));
  const buttons = Array.from(document.querySelectorAll<HTMLElement>(".map-legend button"));
  const darkness = matchMedia("(prefers-color-scheme: dark)");
  let pointed: number | undefined;
  let chosen: number | undefined;

  const parts = figures.map((figure, map) => {
    const [canvas, thumbnail] = Array.from(figure.querySelectorAll("canvas")) as [
      HTMLCanvasElement,
      HTMLCanvasElement,
    ];
    const { positions } = data.maps[map]!;
    const place = (image: number) => pixelsOf(canvas, [positions[2 * image]!, positions[2 * image + 1]!]);
    return { canvas, thumbnail, place, told: figure.querySelector("output")! };
  });
  const images = data.maps[0]!.positions.length / 2;

  const draw = (): void => {
    const style = getComputedStyle(document.documentElement);
    buttons.forEach((button, i) => {
      button.setAttribute("aria-pressed", String(i === chosen));
      button.querySelector<HTMLElement>("i")!.style.background = classColour(
        i,
        classes.length,
        darkness.matches,
      );
    });
    for (const { canvas, thumbnail, place, told } of parts) {
      const ratio = devicePixelRatio;
      canvas.width = canvas.clientWidth * ratio;
      canvas.height = canvas.clientWidth * ratio;
      const pen = canvas.getContext("2d")!;
      pen.scale(ratio, ratio);
      const radius = Math.max(1.5, Math.min(3.5, canvas.clientWidth / 12 / Math.sqrt(images)));
      const dot = (image: number, size: number): void => {
        const { x, y } = place(image);
        pen.beginPath();
        pen.arc(x, y, size, 0, 2 * Math.PI);
        pen.fillStyle = classColour(labels?.[image] ?? 0, classes.length, darkness.matches);
        pen.fill();
      };
      for (let image = 0; image < images; image++) {
        pen.globalAlpha = chosen === undefined || labels?.[image] === chosen ? 0.8 : 0.08;
        dot(image, radius);
      }
      pen.globalAlpha = 1;
      thumbnail.hidden = pointed === undefined;
      told.textContent = "";
      if (pointed === undefined) continue;
      dot(pointed, radius + 2.5);
      pen.lineWidth = 2;
      pen.strokeStyle = style.getPropertyValue("--ink");
      pen.stroke();
      told.textContent = labels === undefined ? "" : classes[labels[pointed]!]!;
      const from = { x: (pointed % columns) * tile, y: Math.floor(pointed / columns) * tile };
      thumbnail.getContext("2d")!.drawImage(sprite, from.x, from.y, tile, tile, 0, 0, tile, tile);
      const { x, y } = place(pointed);
      const right = x + MARGIN;
      const beside = right + THUMBNAIL < canvas.clientWidth ? right : x - MARGIN - THUMBNAIL;
      const above = Math.max(0, Math.min(y - THUMBNAIL / 2, canvas.clientWidth - THUMBNAIL));
      thumbnail.style.left = `${canvas.offsetLeft + beside}px`;
      thumbnail.style.top = `${canvas.offsetTop + above}px`;
    }
  };

  for (const { canvas, place } of parts) {
    const point = (event: PointerEvent): void => {
      const area = canvas.getBoundingClientRect();
      const [x, y] = [event.clientX - area.left, event.clientY - area.top];
      let [nearest, distance]: [number | undefined, number] = [undefined, NEAR];
      for (let image = 0; image < images; image++) {
        if (chosen !== undefined && labels?.[image] !== chosen) continue;
        const at = place(image);
        const away = Math.hypot(at.x - x, at.y - y);
        if (away < distance) [nearest, distance] = [image, away];
      }
      if (nearest === pointed) return;
      pointed = nearest;
      draw();
    };
    canvas.addEventListener("pointermove", point);
    canvas.addEventListener("pointerdown", point);
    canvas.addEventListener("pointerleave", (event) => {
      if (event.pointerType !== "mouse") return;
      pointed = undefined;
      draw();
    });
    new ResizeObserver(draw).observe(canvas);
  }
  buttons.forEach((button, i) =>
    button.addEventListener("click", () => {
      chosen = chosen === i ? undefined : i;
      pointed = undefined;
      draw();
    }),
  );
  darkness.addEventListener("change", draw);
}
