/** The style sheet of the page: light and dark, from a phone to a desktop. */
export const styleSheet = `
:root {
  color-scheme: light dark;
  --page: #f7f6f3; --card: #ffffff; --ink: #1c2127; --muted: #5d6671; --line: #e2dfd8; --grid: #efede8; --wash: #f0eee9;
  --accent: #2b59c3; --curve: #2b59c3; --reference: #b4530a;
  --good: #17794a; --good-wash: #e5f3ea; --bad: #c03a2b; --bad-wash: #fbe9e6; --doubt: #8a5a00; --doubt-wash: #fbf1dc;
  --step: #2b59c3; --wait: #c77700; --evaluation: #17794a; --compile: #7a4fb5; --other: #a3a9b1;
  --run-0: #2b59c3; --run-1: #c2570c; --run-2: #17794a; --run-3: #9b2fae; --run-4: #0f7f93; --run-5: #b3261e; --run-6: #6d6a1f; --run-7: #5b5f66;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14161a; --card: #1c1f25; --ink: #e9e7e2; --muted: #a0a8b2; --line: #2f343c; --grid: #272b32; --wash: #24282f;
    --accent: #8fb0ff; --curve: #84a9ff; --reference: #f0a35e;
    --good: #54c98b; --good-wash: #16291f; --bad: #ff7d6b; --bad-wash: #331c19; --doubt: #e6b455; --doubt-wash: #2e2614;
    --step: #84a9ff; --wait: #f0a35e; --evaluation: #54c98b; --compile: #b794f4; --other: #6b737d;
    --run-0: #84a9ff; --run-1: #f0a35e; --run-2: #54c98b; --run-3: #e08cf0; --run-4: #5fd0e3; --run-5: #ff8a7a; --run-6: #cfc95e; --run-7: #b4bac2;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, footer { max-width: 1232px; margin: 0 auto; padding: 0 24px; }
h1, h2, h3, p, dl, dd, figure, ol, ul { margin: 0; padding: 0; }
ol, ul { list-style: none; }
h1 { font-size: clamp(1.6rem, 1.2rem + 2vw, 2.4rem); line-height: 1.15; letter-spacing: -0.02em; text-wrap: balance; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; letter-spacing: -0.01em; }
h3 { font-size: 0.95rem; }
small { font-size: 0.8em; color: var(--muted); font-weight: 400; }
img { display: block; height: auto; }
.pixels { image-rendering: pixelated; }
.hint { color: var(--muted); font-size: 0.9rem; max-width: 75ch; }
section { margin-top: 56px; scroll-margin-top: 12px; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.script-only { display: none; }
.scripted .script-only { display: block; }
.with-finger { display: none; }
@media (hover: none) {
  .with-mouse { display: none; }
  .with-finger { display: inline; }
}

.top { padding-top: 40px; }
.kind { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; color: var(--muted); font-size: 0.9rem; margin-bottom: 10px; }
.status { border-radius: 99px; padding: 2px 12px; font-weight: 600; font-size: 0.8rem; background: var(--wash); color: var(--ink); }
.status.finished { background: var(--good-wash); color: var(--good); }
.status.failed { background: var(--bad-wash); color: var(--bad); }
.status.interrupted, .status.running { background: var(--doubt-wash); color: var(--doubt); }
.verdict { margin-top: 20px; padding: 18px 22px; border-radius: 12px; border: 1px solid var(--line); border-left: 5px solid var(--muted); background: var(--card); }
.verdict p { max-width: 90ch; }
.verdict p + p { margin-top: 6px; color: var(--muted); }
.verdict .headline { font-size: clamp(1.1rem, 1rem + 0.5vw, 1.35rem); line-height: 1.4; font-weight: 600; text-wrap: balance; color: var(--ink); max-width: none; }
.verdict.learned { border-left-color: var(--good); }
.verdict.unclear { border-left-color: var(--doubt); }
.verdict.not-learned { border-left-color: var(--bad); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 1px; margin-top: 16px; border: 1px solid var(--line); border-radius: 12px; overflow: hidden; background: var(--line); }
.tiles > div { background: var(--card); padding: 12px 16px; }
.tiles dt { color: var(--muted); font-size: 0.8rem; }
.tiles dd { font-size: 1.2rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.3; overflow-wrap: anywhere; }
.tiles small { font-size: 0.85rem; white-space: nowrap; }
nav { display: flex; flex-wrap: wrap; gap: 4px 20px; margin-top: 20px; font-size: 0.9rem; }
nav a { color: var(--accent); text-underline-offset: 3px; text-decoration-thickness: 1px; padding: 4px 0; }

.section-head { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 8px 24px; }
.chart-controls { display: flex; flex-wrap: wrap; gap: 8px 16px; align-items: center; font-size: 0.85rem; }
.chart-controls label { display: flex; gap: 6px; align-items: center; cursor: pointer; padding: 4px 0; }
.chart-controls [type="checkbox"] { accent-color: var(--accent); width: 16px; height: 16px; margin: 0; }
#smoothing input { accent-color: var(--accent); width: 90px; margin: 0; }
.choice { display: flex; border: 1px solid var(--line); border-radius: 8px; overflow: hidden; }
.choice button { border: 0; background: var(--card); color: var(--muted); font: inherit; padding: 5px 12px; cursor: pointer; }
.choice button + button { border-left: 1px solid var(--line); }
.choice button[aria-pressed="true"] { background: var(--wash); color: var(--ink); font-weight: 600; }
.choice button:focus-visible { outline-offset: -2px; }
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, max(250px, (100% - 3 * 16px) / var(--columns))), 1fr)); gap: 16px; margin-top: 14px; }
.chart { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 14px 14px 12px; min-width: 0; }
.chart figcaption { display: grid; grid-template-columns: auto minmax(0, 1fr); align-items: baseline; gap: 0 8px; padding: 0 4px 6px; }
.position { text-align: right; overflow: hidden; text-overflow: ellipsis; color: var(--muted); font-size: 0.72rem; font-variant-numeric: tabular-nums; white-space: nowrap; }
.chart-title { font-weight: 600; line-height: 1.35; overflow-wrap: anywhere; }
.readout { grid-column: 1 / -1; color: var(--muted); font-size: 0.8rem; line-height: 1.4; font-variant-numeric: tabular-nums; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.plot { display: none; }
.scripted .plot { display: block; min-height: 190px; overflow: hidden; touch-action: pan-y; }
.u-select { background: color-mix(in srgb, var(--accent) 15%, transparent); }
.u-hz .u-cursor-x, .u-vt .u-cursor-y { border-color: var(--muted); }
.legend { display: none; flex-wrap: wrap; gap: 2px 16px; color: var(--muted); font-size: 0.78rem; padding: 6px 4px 0; }
.scripted .legend { display: flex; }
.legend li::before { content: ""; display: inline-block; width: 18px; margin-right: 6px; vertical-align: 0.25em; border-top: 2px solid var(--curve); }
.legend b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.smooth .key-value::before { border-top-color: color-mix(in srgb, var(--curve) 30%, transparent); }
.legend .key-run { width: 100%; display: flex; align-items: baseline; gap: 8px; overflow-wrap: anywhere; }
.legend .key-run::before { border-top-color: var(--key); margin: 0; flex: none; align-self: center; }
.key-run .readout { margin-left: auto; color: var(--ink); }
.legend .key-reference-0::before { border-top: 2px dashed var(--reference); }
.legend .key-reference-1::before { border-top: 2px dotted var(--muted); }

.frames { display: flex; gap: 20px; margin-top: 8px; font-size: 0.85rem; color: var(--muted); }
.match-key, .miss-key { white-space: nowrap; }
.match-key::before, .miss-key::before { content: ""; display: inline-block; width: 11px; height: 11px; border-radius: 3px; border: 3px solid var(--good); vertical-align: -1px; margin-right: 6px; }
.miss-key::before { border: 2px dashed var(--bad); }
.cases { margin-top: 16px; border: 1px solid var(--line); border-radius: 12px; background: var(--card); }
.case { display: grid; grid-template-columns: 88px repeat(auto-fit, minmax(min(100%, 290px), 1fr)); gap: 12px 24px; padding: 14px 18px; }
.case + .case { border-top: 1px solid var(--line); }
.query img { width: 80px; border-radius: 4px; }
.query figcaption, .original figcaption { font-size: 0.78rem; font-weight: 600; letter-spacing: -0.01em; line-height: 1.25; margin-top: 4px; overflow-wrap: anywhere; }
.neighbour-list h3 { font-size: 0.78rem; font-weight: 500; color: var(--muted); margin-bottom: 4px; }
.case + .case .neighbour-list h3 { font-size: 0.72rem; }
.score { color: var(--ink); font-weight: 600; margin-left: 4px; }
.neighbour-list ol { display: grid; grid-template-columns: repeat(8, minmax(0, 64px)); gap: 4px; }
.neighbour-list:only-of-type ol { grid-template-columns: repeat(8, minmax(0, 96px)); }
.neighbour-list li { min-width: 0; font-size: 0.64rem; letter-spacing: -0.02em; line-height: 1.3; text-align: center; }
.neighbour-list img { width: 100%; border-radius: 5px; border: 3px solid var(--line); }
.neighbour-list .match img { border-color: var(--good); }
.neighbour-list .miss img { border: 2px dashed var(--bad); padding: 1px; }
.label { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; margin-top: 2px; }
.match .label { color: var(--good); }
.cosine { color: var(--muted); font-variant-numeric: tabular-nums; }

.findings { margin-top: 14px; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 6px 18px; }
.findings div { display: grid; grid-template-columns: minmax(96px, max-content) 1fr; gap: 16px; padding: 8px 0; }
.findings div + div { border-top: 1px solid var(--grid); }
.findings dt { font-weight: 600; overflow-wrap: anywhere; }
.findings .ok dt { color: var(--good); }
.findings .warning dt { color: var(--doubt); }
.findings .failure dt { color: var(--bad); }
.cosines { margin-top: 14px; max-width: 560px; }
.cosines div { display: grid; grid-template-columns: 150px 1fr; gap: 12px; align-items: end; font-size: 0.85rem; }
.cosines svg { width: 100%; height: 44px; fill: var(--curve); border-bottom: 1px solid var(--line); }
.cosines figcaption { color: var(--muted); font-size: 0.8rem; margin-top: 4px; }

.maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 16px; margin-top: 14px; max-width: 1184px; }
.map { position: relative; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 12px 14px; min-width: 0; }
.map:only-child { max-width: 640px; }
.map figcaption { font-weight: 600; display: flex; justify-content: space-between; gap: 12px; }
.map output { font-weight: 400; color: var(--muted); }
.map canvas { display: block; width: 100%; aspect-ratio: 1; touch-action: pan-y; cursor: crosshair; }
.map .thumbnail { position: absolute; width: 88px; z-index: 2; border-radius: 8px; border: 2px solid var(--card); box-shadow: 0 4px 18px #0005; pointer-events: none; }
.map-legend { display: flex; flex-wrap: wrap; gap: 6px; margin-top: 12px; }
.map-legend button { display: flex; align-items: center; gap: 7px; border: 1px solid var(--line); border-radius: 99px; background: var(--card); color: inherit; font: inherit; font-size: 0.82rem; padding: 4px 12px; cursor: pointer; }
.map-legend button[aria-pressed="true"] { border-color: var(--ink); font-weight: 600; }
.map-legend i { width: 11px; height: 11px; border-radius: 50%; background: var(--muted); }

.classes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; margin-top: 14px; }
table { border-collapse: collapse; font-size: 0.85rem; }
caption { text-align: left; font-weight: 600; font-size: 0.95rem; padding-bottom: 10px; }
.per-class, .scroll { width: 100%; background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 14px 18px; display: block; min-width: 0; }
.per-class { display: flex; flex-direction: column; }
.per-class tbody { flex: 1; align-content: space-evenly; }
.per-class tbody, .per-class caption { display: grid; }
.per-class tr { display: grid; grid-template-columns: minmax(80px, 22%) 1fr 58px 44px; gap: 10px; align-items: center; padding: 4px 0; }
.per-class th { text-align: left; font-weight: 500; overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; padding: 0; }
.change { color: var(--muted); }
.bar { position: relative; height: 16px; border-radius: 4px; background: var(--wash); padding: 0; }
.bar .after { position: absolute; inset: 0 auto 0 0; border-radius: 4px; background: var(--accent); }
.per-class .mark { display: inline-block; width: 3px; height: 12px; border-radius: 2px; background: var(--ink); vertical-align: -1px; margin: 0 3px 0 6px; }
.bar .before { position: absolute; top: -3px; bottom: -3px; width: 3px; margin-left: -1.5px; border-radius: 2px; background: var(--ink); box-shadow: 0 0 0 1.5px var(--card); }
.scroll { overflow-x: auto; }
.confusion { width: 100%; font-size: 0.75rem; font-variant-numeric: tabular-nums; table-layout: fixed; }
.confusion thead td { width: 86px; }
.confusion th { font-weight: 500; text-align: left; padding: 0 6px 0 0; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.confusion thead th { vertical-align: bottom; padding: 0 0 6px; height: 84px; }
.confusion thead span { writing-mode: vertical-rl; transform: rotate(180deg); }
.confusion tbody td { text-align: center; height: 30px; min-width: 24px; padding: 0; border: 1px solid var(--card); background: color-mix(in srgb, var(--bad) var(--shade), var(--wash)); }
.confusion tbody .right { background: color-mix(in srgb, var(--good) var(--shade), var(--wash)); }
.confusion .dark { color: var(--card); font-weight: 600; }

.values { width: 100%; font-variant-numeric: tabular-nums; }
.values th { text-align: left; font-weight: 500; padding: 4px 16px 4px 0; }
.values thead th { color: var(--muted); font-size: 0.8rem; }
.values td { padding: 4px 16px 4px 0; }
.values th:nth-child(n+3), .values th.number, .values .number { text-align: right; }
.values tr + tr { border-top: 1px solid var(--grid); }
.values small { display: block; white-space: normal; }
a { color: var(--accent); }
.live { display: flex; align-items: center; gap: 8px; color: var(--muted); font-size: 0.85rem; margin-top: 16px; }
.live::before { content: ""; width: 9px; height: 9px; border-radius: 50%; background: var(--muted); }
.live.running::before { background: var(--good); animation: pulse 2s infinite; }
.live.lost::before { background: var(--bad); }
@keyframes pulse { 50% { opacity: 0.3; } }
@media (prefers-reduced-motion: reduce) { .live::before { animation: none !important; } }
.progress { height: 6px; border-radius: 3px; background: var(--wash); overflow: hidden; margin-top: 14px; }
.progress i { display: block; height: 100%; border-radius: 3px; background: var(--accent); }
.swatch { display: inline-block; width: 12px; height: 12px; border-radius: 3px; margin-right: 6px; vertical-align: -1px; }

.roles { display: flex; flex-wrap: wrap; gap: 2px 24px; margin-top: 10px; font-size: 0.9rem; }
.roles > div { display: flex; gap: 8px; }
.roles dt { font-weight: 600; }
.roles dd { color: var(--muted); }
.views { margin-top: 14px; border: 1px solid var(--line); border-radius: 12px; background: var(--card); }
.view-row { display: grid; grid-template-columns: 96px 1fr; grid-auto-flow: column; grid-auto-columns: 1fr; gap: 28px; padding: 14px 18px; align-items: start; }
.view-row + .view-row { border-top: 1px solid var(--line); }
.original img { width: 96px; border-radius: 4px; }
.role-name { display: block; font-size: 0.78rem; color: var(--muted); margin-bottom: 4px; }
.samples { display: grid; grid-template-columns: repeat(auto-fill, 64px); gap: 6px; }
.view { appearance: none; border: 0; padding: 0; background: none; position: relative; font: inherit; color: inherit; text-align: left; cursor: help; }
.view > img { width: 64px; max-width: 100%; border-radius: 4px; }
.view:focus-visible { outline: none; }
.view:is(:hover, :focus) > img { outline: 2px solid var(--accent); outline-offset: 1px; }
.view .card { display: none; position: absolute; z-index: 2; top: calc(100% + 8px); left: 0; width: 260px; padding: 10px 14px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; box-shadow: 0 8px 30px #0003; font-size: 0.8rem; line-height: 1.35; pointer-events: none; }
.view-role:last-child .card { left: auto; right: 0; }
.view:is(:hover, :focus) .card { display: block; }
.view:hover .card { z-index: 3; }
.operation { display: block; }
.operation + .operation { margin-top: 5px; }
.operation-name { font-weight: 600; }
.parameter { color: var(--muted); overflow-wrap: anywhere; }
.parameter + .parameter::before { content: " · "; }
.parameter b { color: var(--ink); font-weight: 500; font-variant-numeric: tabular-nums; }

.run { columns: 2 420px; column-gap: 16px; margin-top: 14px; }
.block { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px 18px; margin-bottom: 16px; break-inside: avoid; }
.block h3 { margin-bottom: 10px; }
.block .copyable + h3 { margin-top: 20px; }
.block p:not(.hint) { font-size: 0.9rem; margin-bottom: 4px; }
.block .copyable + p { margin-top: 12px; }
.block .hint { margin-top: 10px; }
.said { font-size: 0.82rem; }
.said > div { display: grid; grid-template-columns: minmax(0, 5fr) minmax(0, 4fr) minmax(0, 5fr); gap: 12px; padding: 4px 0; }
.said > div + div { border-top: 1px solid var(--grid); }
.said dd { overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.said dt { overflow-wrap: anywhere; font-weight: 500; }
.said .source { color: var(--muted); text-align: right; }
details { margin-top: 12px; }
summary { cursor: pointer; font-size: 0.88rem; color: var(--accent); padding: 4px 0; }
details .copyable { margin-top: 8px; }
.copyable { position: relative; }
pre { margin: 0; padding: 12px 14px; border-radius: 8px; background: var(--wash); font: 0.82rem/1.55 ui-monospace, "SF Mono", Menlo, Consolas, monospace; overflow: auto; max-height: 30rem; tab-size: 2; }
.copy { position: absolute; top: 6px; right: 6px; border: 1px solid var(--line); border-radius: 6px; background: var(--card); color: var(--ink); font: inherit; font-size: 0.78rem; padding: 3px 10px; cursor: pointer; }
.copy:hover { border-color: var(--muted); }
.time-bar { display: flex; gap: 2px; height: 18px; border-radius: 5px; overflow: hidden; margin-bottom: 10px; }
.time-bar i { min-width: 2px; }
.facts { font-size: 0.88rem; }
.facts > div { display: flex; justify-content: space-between; gap: 16px; padding: 5px 0; }
.facts > div + div { border-top: 1px solid var(--grid); }
.facts dt { color: var(--muted); }
.facts dd { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.time .facts dt::before { content: ""; display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin-right: 8px; background: var(--key); }
.time .facts .step { --key: var(--step); } .time .facts .wait { --key: var(--wait); }
.time .facts .evaluation { --key: var(--evaluation); } .time .facts .compile { --key: var(--compile); }
.time .facts .other { --key: var(--other); }
.time-bar .step { background: var(--step); } .time-bar .wait { background: var(--wait); }
.time-bar .evaluation { background: var(--evaluation); } .time-bar .compile { background: var(--compile); }
.time-bar .other { background: var(--other); }
footer { color: var(--muted); font-size: 0.85rem; padding-top: 48px; padding-bottom: 40px; }

@media (max-width: 860px) {
  .view-row { grid-auto-flow: row; grid-template-columns: 72px 1fr; gap: 8px 16px; }
  .original { grid-row: span var(--roles); }
  .original img { width: 72px; }
  .view-role { grid-column: 2; }
  .samples { grid-template-columns: repeat(4, minmax(0, 64px)); }
}
@media (max-width: 700px) {
  main, footer { padding: 0 16px; }
  .top { padding-top: 24px; }
  section { margin-top: 44px; }
  .verdict { padding: 14px 16px; }
  .tiles { grid-template-columns: 1fr 1fr; }
  .case { grid-template-columns: 1fr; padding: 12px 14px; }
  .query { display: flex; align-items: center; gap: 12px; }
  .query img { width: 64px; }
  .query figcaption { font-size: 0.95rem; margin: 0; }
  .label { display: none; }
  .neighbour-list .miss img { border-width: 1px; padding: 2px; }
  .view-row { padding: 12px 14px; }
  .per-class, .scroll, .block { padding: 14px; }
  .per-class tr { grid-template-columns: 86px 1fr 56px 40px; gap: 8px; }
  .confusion tbody td { font-size: 0.68rem; height: 26px; }
  .view .card, .view-role:last-child .card { position: fixed; inset: auto 8px 8px 8px; width: auto; }
}
@media print {
  section { break-inside: avoid-page; }
  .copy, .chart-controls, nav, .hint.script-only { display: none !important; }
}
`;
