import * as Plot from '@observablehq/plot';
import { drawPlot, FONT_SIZE, INK, series } from './draw.ts';

/** An estimate with its interval, as a strip shows it. */
export interface Strip {
  value: number;
  lo: number;
  hi: number;
  level: number;
  marks: readonly { x: number; label: string }[];
  format: (value: number) => string;
}

/** Two-sided standard normal quantiles of the shaded levels. */
const SHADES = [
  { level: 0.5, z: 0.6745, opacity: 0.75 },
  { level: 0.8, z: 1.2816, opacity: 0.5 },
  { level: 0.9, z: 1.6449, opacity: 0.3 },
] as const;

/**
 * How likely each size of the effect is: two half-bells that meet at the estimate and leave the share of `level` between the
 * published bounds, which need not lie alike. 50, 80 and 90 % are shaded; 0 and break-even are lines.
 */
export function drawStrip(strip: Strip, width: number): string {
  const { value, marks, format } = strip;
  const isNarrow = width < 500;
  const { left, right } = spreads(strip);
  const from = Math.min(value - 3.2 * left, ...marks.map((mark) => mark.x - 0.4 * left));
  const to = Math.max(value + 3.2 * right, ...marks.map((mark) => mark.x + 0.4 * right));
  const grid = Array.from({ length: 241 }, (_, i) => from + ((to - from) * i) / 240);
  const points = grid.map((x) => ({ x, y: density(x, value, left, right) }));
  const within = (z: number): { x: number; y: number }[] => {
    const [lo, hi] = [value - z * left, value + z * right];
    return [
      { x: lo, y: density(lo, value, left, right) },
      ...points.filter((point) => point.x > lo && point.x < hi),
      { x: hi, y: density(hi, value, left, right) },
    ];
  };
  const rows = marks.map((mark, i) => ({ ...mark, shift: i % 2 === 0 ? -36 : -20 }));
  return drawPlot({
    width,
    height: isNarrow ? 220 : 240,
    marginLeft: 16,
    marginRight: 16,
    marginTop: 48,
    marginBottom: 40,
    x: { domain: [from, to], tickFormat: format as never, ticks: isNarrow ? 3 : 7, label: null },
    y: { axis: null, domain: [0, 1.08] },
    marks: [
      Plot.areaY(points, { x: 'x', y: 'y', fill: series(0), fillOpacity: 0.14 }),
      ...[...SHADES]
        .reverse()
        .map(({ z, opacity }) =>
          Plot.areaY(within(z), { x: 'x', y: 'y', fill: series(0), fillOpacity: opacity * 0.6 }),
        ),
      Plot.lineY(points, { x: 'x', y: 'y', stroke: series(0), strokeWidth: 1.5 }),
      Plot.ruleX([value], { stroke: INK, strokeWidth: 2.5, y1: 0, y2: 1 }),
      Plot.text([{ x: value }], {
        x: 'x',
        y: 1,
        dy: -9,
        text: () => format(value),
        fill: INK,
        fontWeight: 700,
        fontSize: FONT_SIZE,
      }),
      ...rows.flatMap((mark) => [
        Plot.ruleX([mark.x], { stroke: INK, strokeWidth: 1.5, strokeDasharray: mark.x === 0 ? undefined : '5 3' }),
        Plot.text([mark], { x: 'x', frameAnchor: 'top', dy: mark.shift, text: 'label', fill: INK }),
      ]),
      Plot.ruleY([0], { stroke: INK }),
    ],
  });
}

/** Standard deviations of the half-bells below and above the value. */
function spreads({ value, lo, hi, level }: Strip): { left: number; right: number } {
  const z = quantile(0.5 + level / 2);
  // a value at a bound of its interval leaves no room on that side; a sliver keeps the drawing whole
  const least = (hi - lo) * 0.02 || 1;
  return { left: Math.max((value - lo) / z, least), right: Math.max((hi - value) / z, least) };
}

function density(x: number, value: number, left: number, right: number): number {
  const z = (x - value) / (x < value ? left : right);
  return Math.exp(-0.5 * z * z);
}

/** Standard normal quantile by bisection; a drawing needs no more. */
function quantile(p: number): number {
  let [lo, hi] = [0, 10];
  for (let i = 0; i < 60; i++) {
    const mid = (lo + hi) / 2;
    if (cumulative(mid) < p) lo = mid;
    else hi = mid;
  }
  return (lo + hi) / 2;
}

/** Standard normal distribution function by its Taylor series about 0. */
function cumulative(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; k < 200; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + sum * Math.exp((-x * x) / 2) * 0.3989422804014327;
}
