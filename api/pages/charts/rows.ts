import * as Plot from '@observablehq/plot';
import { drawPlot, FONT_SIZE, fitted, INK, labelWidth, MUTED, series } from './draw.ts';

export const ROW_HEIGHT = 30;

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

/** Dots with intervals on one axis, a line at each mark (0, break-even), the numbers in words at the right; above the dot where it is narrow. */
export function drawIntervalRows(
  rows: readonly IntervalRow[],
  options: { width: number; marks?: readonly { x: number; label: string }[]; format: (value: number) => string },
): string {
  const { width, format, marks = [] } = options;
  const isNarrow = width < 500;
  const marginLeft = isNarrow
    ? NARROW_MARGIN
    : labelWidth(
        rows.map((row) => row.label),
        300,
      );
  const marginRight = isNarrow
    ? 2 * NARROW_MARGIN
    : labelWidth(
        rows.map((row) => row.text),
        260,
      ) + 8;
  // labels may repeat, so rows stand by their number
  const shown = rows.map((row, key) => ({ ...row, key }));
  const ends = rows.flatMap((row) => [row.value, row.lo ?? row.value, row.hi ?? row.value]);
  const domain = spread([...ends, ...marks.map((mark) => mark.x)]);
  const atRow = { y: 'key' } as const;
  const above = isNarrow ? wordsAbove(rows, width) : undefined;
  return drawPlot({
    width,
    height: rows.length * (ROW_HEIGHT + (above?.height ?? 0)) + 62,
    marginLeft,
    marginRight,
    marginTop: 26,
    marginBottom: 36,
    x: { domain, tickFormat: format as never, ticks: isNarrow ? 3 : 5, label: null, grid: true },
    y: {
      type: 'point',
      domain: shown.map((row) => row.key),
      label: null,
      tickSize: 0,
      padding: 0.6,
      ticks: isNarrow ? [] : undefined,
      tickFormat: ((key: number) => fitted(shown[key].label, marginLeft - 8)) as never,
    },
    marks: [
      ...marks.flatMap((mark) => [
        Plot.ruleX([mark.x], { stroke: INK, strokeWidth: 1.5, strokeDasharray: mark.x === 0 ? undefined : '5 3' }),
        Plot.text([mark], {
          x: 'x',
          frameAnchor: 'top',
          dy: -22,
          text: 'label',
          fill: INK,
          fontSize: FONT_SIZE,
          textAnchor: anchorAt(mark, domain, width - marginLeft - marginRight),
        }),
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
      ...(above === undefined
        ? [
            Plot.text(shown, {
              ...atRow,
              frameAnchor: 'right',
              dx: 10,
              textAnchor: 'start',
              text: (row: IntervalRow) => fitted(row.text, marginRight - 12),
              fill: INK,
            }),
          ]
        : wordMarks(above.lines, atRow)),
    ],
  });
}

export const NARROW_MARGIN = 14;
export const LINE = FONT_SIZE + 4;

/** What stands above each row where it is narrow: label and numbers in one line, or in two where one does not hold them. */
function wordsAbove(
  rows: readonly { label: string; text: string }[],
  width: number,
): { height: number; lines: { key: number; text: string; dy: number }[] } {
  const room = width - 8;
  const together = rows.map(({ label, text }) => `${label}: ${text}`);
  if (together.every((line) => fitted(line, room) === line))
    return { height: LINE, lines: together.map((text, key) => ({ key, text, dy: -LINE })) };
  return {
    height: 2 * LINE,
    lines: rows.flatMap(({ label, text }, key) => [
      { key, text: fitted(label, room), dy: -2 * LINE },
      { key, text: fitted(text, room), dy: -LINE },
    ]),
  };
}

function wordMarks(lines: readonly { key: number; text: string; dy: number }[], atRow: { y: 'key' }): Plot.Markish[] {
  return [...new Set(lines.map(({ dy }) => dy))].map((dy) =>
    Plot.text(
      lines.filter((line) => line.dy === dy),
      {
        ...atRow,
        frameAnchor: 'left',
        dx: 4 - NARROW_MARGIN,
        dy,
        textAnchor: 'start',
        text: 'text',
        fill: INK,
        stroke: 'var(--surface)',
        strokeWidth: 4,
      },
    ),
  );
}

/** A label at an edge grows inwards. */
function anchorAt(
  { x, label }: { x: number; label: string },
  [from, to]: readonly [number, number],
  pixels: number,
): 'start' | 'middle' | 'end' {
  const at = ((x - from) / (to - from)) * pixels;
  const half = (label.length * FONT_SIZE * 0.6) / 2;
  return at < half ? 'start' : at > pixels - half ? 'end' : 'middle';
}

/** One bar per row from 0, its number beside it; the label above the bar where it is narrow and the labels are long. */
export function drawBars(
  rows: readonly { label: string; value: number; text: string; isMuted?: boolean }[],
  options: { width: number; format: (value: number) => string },
): string {
  const { width, format } = options;
  const isNarrow = width < 500;
  const besideWidth = labelWidth(
    rows.map((row) => row.label),
    isNarrow ? 130 : 340,
  );
  const isAbove = isNarrow && rows.some((row) => fitted(row.label, besideWidth - 8) !== row.label);
  const marginLeft = isAbove ? NARROW_MARGIN : besideWidth;
  const marginRight =
    labelWidth(
      rows.map((row) => row.text),
      150,
    ) + 6;
  const shown = rows.map((row, i) => ({ ...row, key: i }));
  const domain = spread(rows.map((row) => row.value).concat(0));
  return drawPlot({
    width,
    height: rows.length * (ROW_HEIGHT + (isAbove ? LINE : 0)) + 46,
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
      padding: isAbove ? 0 : 0.25,
      ticks: isAbove ? [] : undefined,
      tickFormat: ((key: number) => fitted(shown[key].label, marginLeft - 8)) as never,
    },
    marks: [
      Plot.barX(shown, {
        x: 'value',
        y: 'key',
        ...barInsets(isAbove),
        fill: (row: { isMuted?: boolean }) => (row.isMuted ? MUTED : series(0)),
      }),
      Plot.ruleX([0], { stroke: INK }),
      Plot.text(shown, {
        x: (row: { value: number }) => Math.max(row.value, 0),
        y: 'key',
        text: 'text',
        dx: 6,
        dy: isAbove ? LINE / 2 + 2 : 0,
        textAnchor: 'start',
        fill: INK,
      }),
      ...(isAbove ? labelsAbove(shown, width) : []),
    ],
  });
}

/** A bar that leaves room for its label above it. */
export function barInsets(isAbove: boolean): { insetTop: number; insetBottom: number } {
  return isAbove ? { insetTop: LINE + 8, insetBottom: 3 } : { insetTop: 0, insetBottom: 0 };
}

export function labelsAbove(rows: readonly { key: number; label: string }[], width: number): Plot.Markish[] {
  const lines = rows.map(({ key, label }) => ({ key, text: fitted(label, width - 8), dy: -LINE / 2 - 2 }));
  return wordMarks(lines, { y: 'key' });
}

/** A domain that holds all values with a little air, and never has no width. */
export function spread(values: readonly number[]): [number, number] {
  const lo = Math.min(...values);
  const hi = Math.max(...values);
  const air = (hi - lo || Math.abs(hi) || 1) * 0.04;
  return [lo >= 0 ? Math.min(lo, 0) : lo - air, hi + air];
}
