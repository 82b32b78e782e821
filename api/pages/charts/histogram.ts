import * as Plot from '@observablehq/plot';
import { drawPlot, INK, MUTED, series } from './draw.ts';

/** How often each size came up, with lines at values to hold against it. */
export function drawHistogram(
  values: readonly number[],
  options: { width: number; marks: readonly { x: number; label: string }[]; format: (value: number) => string },
): string {
  const { width, marks, format } = options;
  const isNarrow = width < 500;
  const all = [...values, ...marks.map((mark) => mark.x)];
  const [from, to] = [Math.min(...all), Math.max(...all)];
  const air = (to - from || Math.abs(to) || 1) * 0.06;
  const domain: [number, number] = [from - air, to + air];
  const bins = isNarrow ? 16 : 32;
  const size = (domain[1] - domain[0]) / bins;
  const bars = Array.from({ length: bins }, (_, i) => ({
    x1: domain[0] + i * size,
    x2: domain[0] + (i + 1) * size,
    count: values.filter((value) => Math.floor((value - domain[0]) / size) === i).length,
  }));
  return drawPlot({
    width,
    height: isNarrow ? 220 : 260,
    marginLeft: 56,
    marginRight: 24,
    marginTop: 46,
    marginBottom: 36,
    x: { domain, tickFormat: format as never, ticks: isNarrow ? 3 : 7, label: null },
    y: { label: null, grid: true, ticks: 4 },
    marks: [
      Plot.rectY(bars, { x1: 'x1', x2: 'x2', y: 'count', fill: MUTED, fillOpacity: 0.6 }),
      Plot.ruleY([0], { stroke: INK }),
      ...marks.flatMap((mark, i) => [
        Plot.ruleX([mark.x], { stroke: i === 0 ? series(0) : INK, strokeWidth: i === 0 ? 3 : 1.5 }),
        Plot.text([mark], {
          x: 'x',
          frameAnchor: 'top',
          dy: i % 2 === 0 ? -34 : -18,
          text: 'label',
          fill: INK,
          textAnchor: mark.x > (from + 3 * to) / 4 ? 'end' : mark.x < (3 * from + to) / 4 ? 'start' : 'middle',
        }),
      ]),
    ],
  });
}
