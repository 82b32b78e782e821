import { createHash } from 'node:crypto';

/**
 * The one stylesheet. Colours are variables, once for light and once for dark; drawings name the variables, so one drawing serves
 * both. Contrast: text 4.5:1 and marks 3:1 on their ground, in both.
 */
const LIGHT = `
  --ground: #f4f5f7; --surface: #ffffff; --raised: #eef1f4; --ink: #16202b; --muted: #566170; --line: #d3d9e0; --accent: #0a58a8;
  --good: #17693a; --warn: #8a5300; --bad: #a82217; --good-ground: #e5f4ea; --warn-ground: #fdf1dc; --bad-ground: #fdeae8;
  --series-1: #0a62b0; --series-2: #b45309; --series-3: #0f766e; --series-4: #8b3fa0; --series-5: #a16207; --series-6: #be185d;
  --series-7: #4d6b12; --series-8: #5b5fc7;`;
const DARK = `
  --ground: #0f1419; --surface: #171d24; --raised: #212933; --ink: #e9edf2; --muted: #a4afbc; --line: #36414d; --accent: #83bdff;
  --good: #6fd596; --warn: #f2b65c; --bad: #ff9489; --good-ground: #14301f; --warn-ground: #362609; --bad-ground: #3b1714;
  --series-1: #62b0f5; --series-2: #f29d4b; --series-3: #3fc4b4; --series-4: #cf93e6; --series-5: #d8b43c; --series-6: #f57fb0;
  --series-7: #a5c95b; --series-8: #a3a7ff;`;

export const STYLE = `
:root { color-scheme: light; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root:not([data-theme=light]) { color-scheme: dark; ${DARK} } }
:root[data-theme=dark] { color-scheme: dark; ${DARK} }
*, *::before, *::after { box-sizing: border-box; }
html { font-size: 100%; -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
a { color: var(--accent); text-underline-offset: 0.15em; }
a:hover { text-decoration-thickness: 2px; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
h1, h2 { line-height: 1.25; text-wrap: balance; margin: 0; }
h1 { font-size: 1.75rem; } h2 { font-size: 1.3rem; margin: 2.2rem 0 0.8rem; } .figure h2 { font-size: 1.05rem; margin: 0; }
p { margin: 0.5rem 0; max-width: 46rem; }
code { font: 0.92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--raised); padding: 0.1em 0.35em; border-radius: 4px; overflow-wrap: anywhere; }
pre { background: var(--raised); padding: 0.7rem 0.9rem; border-radius: 8px; overflow-x: auto; margin: 0.6rem 0; }
pre code { background: none; padding: 0; overflow-wrap: normal; }
pre.once { white-space: pre-wrap; } pre.once code { overflow-wrap: anywhere; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999rem; } .skip:focus { left: 1rem; top: 1rem; background: var(--surface); padding: 0.5rem 1rem; z-index: 2; }
.layout { display: grid; grid-template-columns: 14.5rem minmax(0, 1fr); min-height: 100vh; }
.side { background: var(--surface); border-right: 1px solid var(--line); padding: 1.2rem 0.9rem; }
.brand { font-weight: 700; font-size: 1.1rem; margin: 0 0.6rem; color: var(--ink); text-decoration: none; }
.side .where { color: var(--muted); font-size: 0.875rem; margin: 0 0.6rem 1rem; overflow-wrap: anywhere; }
.pages { list-style: none; margin: 0; padding: 0; }
.pages a { display: block; padding: 0.42rem 0.6rem; border-radius: 6px; color: var(--ink); text-decoration: none; }
.pages a:hover { background: var(--raised); }
.pages a[aria-current] { background: var(--accent); color: var(--surface); font-weight: 600; }
.menu { display: none; }
.themes { list-style: none; display: flex; gap: 0.8rem; margin: 1.2rem 0.6rem 0; padding: 0; font-size: 0.875rem; }
.themes [aria-current] { color: var(--ink); text-decoration: none; font-weight: 600; }
main.shared { margin-inline: auto; }
main { padding: 1.6rem clamp(1rem, 3vw, 2.5rem) 2rem; max-width: 62rem; width: 100%; }
.about { color: var(--muted); margin-top: 0.15rem; }
.facts { list-style: none; display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; margin: 0.8rem 0 0; padding: 0.6rem 0; border-block: 1px solid var(--line); font-size: 0.875rem; }
.facts b { font-weight: 600; } .facts span { color: var(--muted); }
.choices { margin: 0.8rem 0 0; }
.choices summary { cursor: pointer; font-size: 0.875rem; color: var(--accent); padding: 0.2rem 0; width: fit-content; }
.choices form { display: flex; flex-wrap: wrap; gap: 0.7rem 0.9rem; align-items: end; padding: 0.6rem 0; }
label { display: grid; gap: 0.2rem; font-size: 0.875rem; color: var(--muted); }
input, select, button { font: inherit; color: var(--ink); background: var(--surface); border: 1px solid var(--muted); border-radius: 6px; padding: 0.4rem 0.6rem; min-height: 2.5rem; max-width: 100%; }
button { background: var(--accent); border-color: var(--accent); color: var(--surface); font-weight: 600; cursor: pointer; padding-inline: 1rem; }
button.plain { background: none; color: var(--accent); min-height: 0; padding: 0.2rem 0.6rem; font-weight: 400; border-color: var(--line); font-size: 0.875rem; }
.figure { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.1rem; margin: 1rem 0; container-type: inline-size; }
.summary { margin: 0.25rem 0 0.6rem; }
.note, .links { color: var(--muted); font-size: 0.875rem; margin: 0.4rem 0; }
.links { display: flex; gap: 1.2rem; margin-top: 0.7rem; }
.chart { overflow-x: auto; }
.chart svg { display: block; }
.chart text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; font-size: 13px; white-space: pre; fill: var(--ink); }
.chart g[fill] > text, .chart text[fill] { fill: inherit; }
.box > h2:first-child { margin-top: 0; }
.wide { display: none; }
@container (min-width: 844px) { .wide { display: block; } .narrow { display: none; } }
/* a page at 400 %: what is zoomed that far may shrink, but must not scroll both ways */
@container (max-width: 325px) { .chart svg { max-width: 100%; height: auto; } }
.keys { list-style: none; display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; padding: 0; margin: 0.5rem 0 0.3rem; font-size: 0.875rem; }
.keys li { display: flex; align-items: center; gap: 0.45rem; }
.series-1 { color: var(--series-1); } .series-2 { color: var(--series-2); } .series-3 { color: var(--series-3); } .series-4 { color: var(--series-4); }
.series-5 { color: var(--series-5); } .series-6 { color: var(--series-6); } .series-7 { color: var(--series-7); } .series-8 { color: var(--series-8); } .series-muted { color: var(--muted); }
details > summary { cursor: pointer; } .figure details > summary { color: var(--accent); font-size: 0.875rem; width: fit-content; padding: 0.2rem 0; }
.scroll { overflow-x: auto; margin: 0.5rem 0; position: relative; }
table { border-collapse: collapse; width: 100%; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.42rem 0.7rem 0.42rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { color: var(--muted); font-weight: 600; white-space: nowrap; border-bottom-color: var(--muted); }
tbody th { font-weight: 500; min-width: 8rem; } .keep { white-space: nowrap; }
tfoot th, tfoot td { font-weight: 700; border-bottom: 0; border-top: 1px solid var(--muted); }
.number { text-align: right; white-space: nowrap; padding-right: 1.2rem; } th.number:last-child, td.number:last-child { padding-right: 0; }
.verdict { background: var(--surface); border: 1px solid var(--line); border-left: 0.45rem solid var(--muted); border-radius: 10px; padding: 1.1rem 1.3rem; margin: 1rem 0; }
.verdict .word { font-size: clamp(1.7rem, 5vw, 2.4rem); font-weight: 750; line-height: 1.15; margin: 0 0 0.4rem; }
.verdict .sentence { font-size: 1.1rem; }
.verdict.is-good { border-left-color: var(--good); } .verdict.is-warn { border-left-color: var(--warn); } .verdict.is-bad { border-left-color: var(--bad); }
.tiles { list-style: none; padding: 0; margin: 1rem 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.8rem; }
.tile { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 0.8rem 1rem; }
.tile .name { color: var(--muted); font-size: 0.875rem; margin: 0; } .tile .big { font-size: 1.5rem; font-weight: 700; margin: 0.1rem 0; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.tile .more { font-size: 0.875rem; margin: 0; color: var(--muted); }
.ladder { list-style: none; padding: 0; margin: 0.6rem 0; }
.ladder li { display: grid; grid-template-columns: 2.4rem minmax(0, 1fr); gap: 0.7rem; padding: 0.45rem 0.6rem; border: 1px solid var(--line); border-bottom-width: 0; background: var(--surface); }
.ladder li:first-child { border-radius: 8px 8px 0 0; } .ladder li:last-child { border-radius: 0 0 8px 8px; border-bottom-width: 1px; }
.ladder .rung { font-weight: 700; text-align: center; } .ladder li[aria-current] { outline: 3px solid var(--accent); outline-offset: -2px; background: var(--raised); font-weight: 600; }
.ladder .out { color: var(--muted); }
.checks { list-style: none; padding: 0; margin: 0.6rem 0; }
.checks li { display: grid; grid-template-columns: 1.6rem minmax(0, 1fr); gap: 0.5rem; padding: 0.4rem 0; border-bottom: 1px solid var(--line); }
.checks p { margin: 0; }
.mark { font-weight: 700; } .mark.ok { color: var(--good); } .mark.warn { color: var(--warn); } .mark.bad { color: var(--bad); } .mark.off { color: var(--muted); }
.grade { display: inline-block; align-self: start; text-align: center; border: 1px solid var(--muted); border-radius: 4px; padding: 0 0.4em; font-size: 0.875rem; font-weight: 700; }
.box { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 1rem 1.2rem; margin: 1rem 0; }
.box.is-warn { border-left: 0.45rem solid var(--warn); }
.box ul, .box ol { margin: 0.4rem 0; padding-left: 1.3rem; }
.rows { list-style: none; padding: 0; margin: 0.6rem 0; } .box .rows { padding: 0; } .rows li { display: flex; flex-wrap: wrap; gap: 0.3rem 1rem; align-items: center; justify-content: space-between; padding: 0.35rem 0; border-bottom: 1px solid var(--line); } .rows p { margin: 0; }
.fields { display: flex; flex-wrap: wrap; gap: 0.7rem 0.9rem; align-items: end; padding: 0.6rem 0; }
.sign { max-width: 27rem; margin: 10vh auto; padding: 0 1rem; }
.sign form { display: grid; gap: 0.9rem; } .sign input { width: 100%; }
.error { color: var(--bad); background: var(--bad-ground); border-radius: 6px; padding: 0.5rem 0.8rem; }
dl.run { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 0.2rem 1rem; margin: 0.4rem 0; } dl.run dt { color: var(--muted); } dl.run dd { margin: 0; overflow-wrap: anywhere; }
.foot { border-top: 1px solid var(--line); margin-top: 2.5rem; padding-top: 0.8rem; font-size: 0.875rem; }
.foot h2 { font-size: 1rem; margin: 0.8rem 0 0.2rem; }
@media (max-width: 60rem) {
  .layout { display: block; } .side { border-right: 0; border-bottom: 1px solid var(--line); padding: 0.7rem 1rem; }
  .side .full { display: none; } .side .where { margin: 0 0 0.3rem; } .brand { margin: 0; }
  .menu { display: block; } .menu > summary { padding: 0.4rem 0; font-weight: 600; } .themes { margin-inline: 0; }
  dl.run { grid-template-columns: minmax(0, 1fr); } dl.run dd { margin-bottom: 0.4rem; }
}
@media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
@media print {
  :root, :root[data-theme=dark], :root:not([data-theme=light]) { color-scheme: light; ${LIGHT} --ground: #ffffff; }
  .side, .choices, .links, .skip { display: none; } .layout { display: block; } main { max-width: none; padding: 0; }
  .figure, .verdict, .tile, .box { break-inside: avoid; } .wide { display: block; } .narrow { display: none; } .chart svg { max-width: 100%; height: auto; } details:not([open]) { display: none; } a { color: inherit; text-decoration: none; }
}
`;

/** The address changes with the text, so that browsers may keep it for ever. */
export const STYLE_PATH = `/assets/${createHash('sha256').update(STYLE).digest('hex').slice(0, 16)}.css`;
