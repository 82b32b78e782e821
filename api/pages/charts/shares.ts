import * as Plot from '@observablehq/plot';
import { drawPlot, INK, series } from './draw.ts';

/** The share of something that was there by a time: known at points, a line between them. */
export interface ShareLine {
  /** 0 to 7; tells the shape of its points, too */
  colour: number;
  points: readonly { x: number; share: number }[];
}

/** Shapes in the order of the colours, the same as in the key beside the chart. */
export const SHARE_SHAPES = ['circle', 'square', 'triangle', 'diamond'] as const;

export function shapeOfLine(colour: number): (typeof SHARE_SHAPES)[number] {
  return SHARE_SHAPES[colour % SHARE_SHAPES.length];
}

/** Lines that grow from nothing to all, and one across where half of it was there. */
export function drawShares(
  lines: readonly ShareLine[],
  options: { width: number; formatX: (value: number) => string; half: string },
): string {
  const { width, formatX, half } = options;
  const isNarrow = width < 500;
  return drawPlot({
    width,
    height: isNarrow ? 240 : 290,
    marginLeft: 52,
    marginRight: 24,
    marginTop: 14,
    marginBottom: 36,
    x: {
      domain: [0, Math.max(...lines.flatMap((line) => line.points.map((point) => point.x)))],
      tickFormat: formatX as never,
      ticks: isNarrow ? 3 : 8,
      label: null,
    },
    y: {
      domain: [0, 1],
      tickFormat: ((value: number) => `${Math.round(100 * value)} %`) as never,
      ticks: 5,
      label: null,
      grid: true,
    },
    marks: [
      Plot.ruleY([0], { stroke: INK }),
      Plot.ruleY([0.5], { stroke: INK, strokeWidth: 1.5, strokeDasharray: '5 3' }),
      Plot.text([0.5], {
        y: (y: number) => y,
        frameAnchor: 'right',
        dy: -9,
        textAnchor: 'end',
        text: () => half,
        fill: INK,
      }),
      ...lines.flatMap(({ colour, points }) => [
        Plot.lineY([{ x: 0, share: 0 }, ...points], { x: 'x', y: 'share', stroke: series(colour), strokeWidth: 2.2 }),
        Plot.dot(points, { x: 'x', y: 'share', r: 4.5, symbol: shapeOfLine(colour), fill: series(colour) }),
      ]),
    ],
  });
}
