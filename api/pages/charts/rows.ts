import * as Plot from '@observablehq/plot';
import { drawPlot, FONT_SIZE, fitted, INK, labelWidth, MUTED, series } from './draw.ts';

const ROW_HEIGHT = 30;

/** A value with its interval, one per row. */
export interface IntervalRow {
  label: string;
  value: number;
  /** null where there is none; the row then says why in `text` */
  lo: number | null;
  hi: number | null;
  /** written right of the row */
  text: string;
  isWeak?: boolean;
}

/** Dots with intervals on one axis, a line at each mark (0, break-even), the numbers in words at the right. */
export function drawIntervalRows(
  rows: readonly IntervalRow[],
  options: { width: number; marks?: readonly { x: number; label: string }[]; format: (value: number) => string },
): string {
  const { width, format, marks = [] } = options;
  const isNarrow = width < 500;
  const marginLeft = labelWidth(
    rows.map((row) => row.label),
    isNarrow ? 148 : 300,
  );
  const marginRight = isNarrow
    ? 16
    : labelWidth(
        rows.map((row) => row.text),
        260,
      ) + 8;
  // labels may repeat, so rows stand by their number
  const shown = rows.map((row, key) => ({ ...row, key }));
  const ends = rows.flatMap((row) => [row.value, row.lo ?? row.value, row.hi ?? row.value]);
  const domain = spread([...ends, ...marks.map((mark) => mark.x)]);
  const atRow = { y: 'key' } as const;
  return drawPlot({
    width,
    height: rows.length * ROW_HEIGHT + 62,
    marginLeft,
    marginRight,
    marginTop: 26,
    marginBottom: 36,
    x: { domain, tickFormat: format as never, ticks: isNarrow ? 2 : 5, label: null, grid: true },
    y: {
      type: 'point',
      domain: shown.map((row) => row.key),
      label: null,
      tickSize: 0,
      padding: 0.6,
      tickFormat: ((key: number) => fitted(shown[key].label, marginLeft - 8)) as never,
    },
    marks: [
      ...marks.flatMap((mark) => [
        Plot.ruleX([mark.x], { stroke: INK, strokeWidth: 1.5, strokeDasharray: mark.x === 0 ? undefined : '5 3' }),
        Plot.text([mark], { x: 'x', frameAnchor: 'top', dy: -22, text: 'label', fill: INK, fontSize: FONT_SIZE }),
      ]),
      Plot.ruleY(
        shown.filter((row) => row.lo !== null && row.hi !== null),
        { ...atRow, x1: 'lo', x2: 'hi', stroke: series(0), strokeWidth: 6, strokeOpacity: 0.45 },
      ),
      Plot.dot(shown, {
        ...atRow,
        x: 'value',
        r: 5.5,
        symbol: (row: IntervalRow) => (row.isWeak ? 'diamond' : 'circle'),
        fill: (row: IntervalRow) => (row.isWeak ? MUTED : series(0)),
      }),
      ...(isNarrow
        ? []
        : [
            Plot.text(shown, {
              ...atRow,
              frameAnchor: 'right',
              dx: 10,
              textAnchor: 'start',
              text: (row: IntervalRow) => fitted(row.text, marginRight - 12),
              fill: INK,
            }),
          ]),
    ],
  });
}

/** One bar per row from 0, its number beside it. */
export function drawBars(
  rows: readonly { label: string; value: number; text: string; isMuted?: boolean }[],
  options: { width: number; format: (value: number) => string },
): string {
  const { width, format } = options;
  const isNarrow = width < 500;
  const marginLeft = labelWidth(
    rows.map((row) => row.label),
    isNarrow ? 130 : 300,
  );
  const marginRight =
    labelWidth(
      rows.map((row) => row.text),
      150,
    ) + 6;
  const shown = rows.map((row, i) => ({ ...row, key: i }));
  const domain = spread(rows.map((row) => row.value).concat(0));
  return drawPlot({
    width,
    height: rows.length * ROW_HEIGHT + 46,
    marginLeft,
    marginRight,
    marginTop: 8,
    marginBottom: 36,
    x: {
      domain,
      tickFormat: format as never,
      ticks: Math.min(6, Math.floor((width - marginLeft - marginRight) / 90)),
      label: null,
      grid: true,
    },
    y: {
      domain: shown.map((row) => row.key),
      label: null,
      tickSize: 0,
      padding: 0.25,
      tickFormat: ((key: number) => fitted(shown[key].label, marginLeft - 8)) as never,
    },
    marks: [
      Plot.barX(shown, {
        x: 'value',
        y: 'key',
        fill: (row: { isMuted?: boolean }) => (row.isMuted ? MUTED : series(0)),
      }),
      Plot.ruleX([0], { stroke: INK }),
      Plot.text(shown, {
        x: (row: { value: number }) => Math.max(row.value, 0),
        y: 'key',
        text: 'text',
        dx: 6,
        textAnchor: 'start',
        fill: INK,
      }),
    ],
  });
}

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

/** A domain that holds all values with a little air, and never has no width. */
export function spread(values: readonly number[]): [number, number] {
  const lo = Math.min(...values);
  const hi = Math.max(...values);
  const air = (hi - lo || Math.abs(hi) || 1) * 0.04;
  return [lo >= 0 ? Math.min(lo, 0) : lo - air, hi + air];
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
