import * as Plot from '@observablehq/plot';
import { drawPlot, fitted, INK, labelWidth, MUTED, series } from './draw.ts';
import { ROW_HEIGHT, spread } from './rows.ts';

/** Several dots per row and the range between them: what one number is under different models. */
export function drawSpread(
  rows: readonly { label: string; points: readonly { value: number; name: string; isChosen: boolean }[] }[],
  options: { width: number; format: (value: number) => string },
): string {
  const { width, format } = options;
  const isNarrow = width < 500;
  const marginLeft = labelWidth(
    rows.map((row) => row.label),
    isNarrow ? 148 : 300,
  );
  const points = rows.flatMap((row) =>
    row.points.map((point) => ({ ...point, label: fitted(row.label, marginLeft - 8) })),
  );
  const ranges = rows.map((row) => {
    const sorted = [...row.points].sort((a, b) => a.value - b.value);
    return { label: fitted(row.label, marginLeft - 8), low: sorted[0], high: sorted[sorted.length - 1] };
  });
  return drawPlot({
    width,
    height: rows.length * (isNarrow ? 34 : 40) + 52,
    marginLeft,
    marginRight: isNarrow ? 20 : 140,
    marginTop: 12,
    marginBottom: 36,
    x: {
      domain: spread(points.map((point) => point.value).concat(0)),
      tickFormat: format as never,
      ticks: isNarrow ? 3 : 6,
      label: null,
      grid: true,
    },
    y: { domain: ranges.map((range) => range.label), label: null, tickSize: 0 },
    marks: [
      Plot.ruleY(ranges, {
        y: 'label',
        x1: (range: (typeof ranges)[number]) => range.low.value,
        x2: (range: (typeof ranges)[number]) => range.high.value,
        stroke: MUTED,
        strokeWidth: 2,
      }),
      Plot.dot(
        points.filter((point) => !point.isChosen),
        { x: 'value', y: 'label', r: 4, symbol: 'circle', stroke: MUTED, strokeWidth: 2, fill: 'var(--surface)' },
      ),
      Plot.dot(
        points.filter((point) => point.isChosen),
        { x: 'value', y: 'label', r: 6, symbol: 'diamond', fill: series(0) },
      ),
      ...(isNarrow
        ? []
        : [
            Plot.text(
              ranges.filter((range) => range.high.value - range.low.value > 0),
              {
                x: (range: (typeof ranges)[number]) => range.high.value,
                y: 'label',
                text: (range: (typeof ranges)[number]) => range.high.name,
                dx: 10,
                textAnchor: 'start',
                fill: MUTED,
              },
            ),
          ]),
    ],
  });
}

/** Two counts per row, told apart by shape and colour, with a line between them. */
export function drawPairs(
  rows: readonly { label: string; first: number; second: number; text: string }[],
  options: { width: number; format: (value: number) => string },
): string {
  const { width, format } = options;
  const isNarrow = width < 500;
  const marginLeft = labelWidth(
    rows.map((row) => row.label),
    isNarrow ? 148 : 300,
  );
  const shown = rows.map((row) => ({ ...row, name: fitted(row.label, marginLeft - 8) }));
  return drawPlot({
    width,
    height: rows.length * ROW_HEIGHT + 50,
    marginLeft,
    marginRight:
      labelWidth(
        rows.map((row) => row.text),
        180,
      ) + 14,
    marginTop: 12,
    marginBottom: 36,
    x: {
      domain: spread(rows.flatMap((row) => [row.first, row.second, 0])),
      tickFormat: format as never,
      ticks: isNarrow ? 3 : 6,
      label: null,
      grid: true,
    },
    y: { domain: shown.map((row) => row.name), label: null, tickSize: 0 },
    marks: [
      Plot.ruleY(shown, { y: 'name', x1: 'first', x2: 'second', stroke: MUTED, strokeWidth: 1.5 }),
      Plot.dot(shown, { x: 'first', y: 'name', r: 6, symbol: 'circle', fill: series(0) }),
      Plot.dot(shown, { x: 'second', y: 'name', r: 6.5, symbol: 'triangle', fill: series(1) }),
      Plot.text(shown, {
        x: (row: { first: number; second: number }) => Math.max(row.first, row.second),
        y: 'name',
        text: 'text',
        dx: 10,
        textAnchor: 'start',
        fill: INK,
      }),
    ],
  });
}
