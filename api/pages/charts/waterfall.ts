import * as Plot from '@observablehq/plot';
import { drawPlot, fitted, INK, labelWidth, MUTED, series } from './draw.ts';
import { barInsets, LINE, labelsAbove, NARROW_MARGIN, ROW_HEIGHT, spread } from './rows.ts';

/** A step of a waterfall: a change, or a total that starts from 0. */
export interface WaterfallStep {
  label: string;
  amount: number;
  text: string;
  isTotal?: boolean;
}

/** Changes that lead from one total to the next, from above to below; a minus goes left and is marked. */
export function drawWaterfall(
  steps: readonly WaterfallStep[],
  options: { width: number; format: (value: number) => string },
): string {
  const { width, format } = options;
  const isNarrow = width < 500;
  let sum = 0;
  const bars = steps.map((step, key) => {
    const from = step.isTotal ? 0 : sum;
    sum = step.isTotal ? step.amount : sum + step.amount;
    return { ...step, key, from, to: sum };
  });
  const besideWidth = labelWidth(
    steps.map((step) => step.label),
    isNarrow ? 130 : 380,
  );
  const isAbove = isNarrow && steps.some((step) => fitted(step.label, besideWidth - 8) !== step.label);
  const marginLeft = isAbove ? NARROW_MARGIN : besideWidth;
  const marginRight = labelWidth(
    steps.map((step) => step.text),
    140,
  );
  const colourOf = (bar: WaterfallStep): string => (bar.isTotal ? MUTED : bar.amount < 0 ? series(1) : series(0));
  return drawPlot({
    width,
    height: steps.length * (ROW_HEIGHT + (isAbove ? LINE : 0)) + 46,
    marginLeft,
    marginRight: marginRight + 6,
    marginTop: 8,
    marginBottom: 36,
    x: {
      domain: spread(bars.flatMap((bar) => [bar.from, bar.to])),
      tickFormat: format as never,
      ticks: Math.min(6, Math.floor((width - marginLeft - marginRight) / 90)),
      label: null,
      grid: true,
    },
    y: {
      domain: bars.map((bar) => bar.key),
      label: null,
      tickSize: 0,
      padding: isAbove ? 0 : 0.25,
      ticks: isAbove ? [] : undefined,
      tickFormat: ((key: number) => fitted(bars[key].label, marginLeft - 8)) as never,
    },
    marks: [
      Plot.barX(bars, { x1: 'from', x2: 'to', y: 'key', fill: colourOf, ...barInsets(isAbove) }),
      Plot.ruleX([0], { stroke: INK }),
      Plot.text(bars, {
        x: (bar: { from: number; to: number }) => Math.max(bar.from, bar.to),
        y: 'key',
        text: 'text',
        dx: 6,
        dy: isAbove ? LINE / 2 + 2 : 0,
        textAnchor: 'start',
        fill: INK,
      }),
      ...(isAbove ? labelsAbove(bars, width) : []),
    ],
  });
}
