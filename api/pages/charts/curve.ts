import * as Plot from '@observablehq/plot';
import { drawPlot, INK, MUTED, series } from './draw.ts';
import { spread } from './rows.ts';

export interface CurvePoint {
  x: number;
  value: number;
  lo: number;
  hi: number;
  isExtrapolated: boolean;
}

/** A response curve with its band; where it goes beyond what was ever seen it is shaded and dashed. */
export function drawCurve(
  points: readonly CurvePoint[],
  options: {
    width: number;
    formatX: (value: number) => string;
    formatY: (value: number) => string;
    /** where one stands now */
    now?: number;
  },
): string {
  const { width, formatX, formatY, now } = options;
  const isNarrow = width < 500;
  const beyond = points.filter((point) => point.isExtrapolated);
  const seen = points.filter((point) => !point.isExtrapolated);
  const last = seen[seen.length - 1];
  const domain = spread(points.flatMap((point) => [point.lo, point.hi, 0]));
  return drawPlot({
    width,
    height: isNarrow ? 240 : 280,
    marginLeft: 66,
    marginRight: 24,
    marginTop: 26,
    marginBottom: 36,
    x: {
      domain: [0, Math.max(...points.map((point) => point.x))],
      tickFormat: formatX as never,
      ticks: isNarrow ? 3 : 7,
      label: null,
    },
    y: { domain, tickFormat: formatY as never, ticks: 5, label: null, grid: true },
    marks: [
      ...(beyond.length === 0
        ? []
        : [
            Plot.rectX([{ x1: last?.x ?? 0, x2: beyond[beyond.length - 1].x }], {
              x1: 'x1',
              x2: 'x2',
              fill: MUTED,
              fillOpacity: 0.14,
            }),
            Plot.text([{ x: last?.x ?? 0 }], {
              x: 'x',
              frameAnchor: 'top',
              dy: -16,
              dx: 6,
              textAnchor: 'start',
              text: () => 'never seen →',
              fill: INK,
            }),
          ]),
      Plot.areaY(points, { x: 'x', y1: 'lo', y2: 'hi', fill: series(0), fillOpacity: 0.22 }),
      Plot.lineY(seen, { x: 'x', y: 'value', stroke: series(0), strokeWidth: 2.4 }),
      Plot.lineY(last === undefined ? beyond : [last, ...beyond], {
        x: 'x',
        y: 'value',
        stroke: series(0),
        strokeWidth: 2.4,
        strokeDasharray: '6 4',
      }),
      ...(now === undefined
        ? []
        : [
            Plot.ruleX([now], { stroke: INK, strokeWidth: 1.5, strokeDasharray: '5 3' }),
            Plot.text([{ x: now }], {
              x: 'x',
              frameAnchor: 'top',
              dy: -16,
              textAnchor: 'end',
              dx: -4,
              text: () => 'now',
              fill: INK,
            }),
          ]),
      Plot.ruleY([0], { stroke: INK }),
    ],
  });
}
