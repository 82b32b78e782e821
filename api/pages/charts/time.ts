import * as Plot from '@observablehq/plot';
import { drawPlot, FONT_SIZE, fitted, INK, labelWidth, MUTED, series } from './draw.ts';
import { spread } from './rows.ts';

/** A series over days, `2026-04-02`. */
export interface Line {
  name: string;
  points: readonly { day: string; value: number }[];
  /** 0-based colour; muted where absent */
  colour?: number;
  isDashed?: boolean;
}

export interface Band {
  points: readonly { day: string; lo: number; hi: number }[];
}

interface LineOptions {
  width: number;
  format: (value: number) => string;
  band?: Band;
  /** a stretch of days to shade, with its name */
  shaded?: { from: string; to: string; label: string };
  includeZero?: boolean;
}

const at = (day: string): Date => new Date(`${day}T00:00:00Z`);

/** Lines over time with their names at their right end. */
export function drawLines(lines: readonly Line[], options: LineOptions): string {
  const { width, format, band, shaded, includeZero = true } = options;
  const isNarrow = width < 500;
  const marginRight =
    labelWidth(
      lines.map((line) => line.name),
      isNarrow ? 90 : 170,
    ) + 8;
  const values = lines.flatMap((line) => line.points.map((point) => point.value));
  const ends = band === undefined ? [] : band.points.flatMap((point) => [point.lo, point.hi]);
  const all = [...values, ...ends, ...(includeZero ? [0] : [])];
  const domain = includeZero ? spread(all) : [Math.min(...all), Math.max(...all)];
  const height = isNarrow ? 240 : 300;
  const labels = apart(
    lines.map((line) => ({
      text: fitted(line.name, marginRight - 10),
      colour: colourOf(line),
      day: line.points[line.points.length - 1]?.day ?? '',
      value: line.points[line.points.length - 1]?.value ?? 0,
    })),
    domain,
    height - 60,
  );
  return drawPlot({
    width,
    height,
    marginLeft: 62,
    marginRight,
    marginTop: 24,
    marginBottom: 36,
    x: { type: 'utc', label: null, ticks: isNarrow ? 3 : 8 },
    y: { domain, tickFormat: format as never, ticks: 5, label: null, grid: true },
    marks: [
      ...(shaded === undefined
        ? []
        : [
            Plot.rectX([shaded], {
              x1: (one: { from: string }) => at(one.from),
              x2: (one: { to: string }) => at(one.to),
              fill: MUTED,
              fillOpacity: 0.14,
            }),
            Plot.text([shaded], {
              x: (one: { from: string }) => at(one.from),
              frameAnchor: 'top',
              dy: -16,
              text: 'label',
              textAnchor: 'start',
              fill: INK,
            }),
          ]),
      ...(band === undefined
        ? []
        : [
            Plot.areaY(band.points, {
              x: (point: { day: string }) => at(point.day),
              y1: 'lo',
              y2: 'hi',
              fill: series(1),
              fillOpacity: 0.25,
            }),
          ]),
      ...lines.map((line) =>
        Plot.lineY(line.points, {
          x: (point: { day: string }) => at(point.day),
          y: 'value',
          stroke: colourOf(line),
          strokeWidth: 2.2,
          strokeDasharray: line.isDashed ? '6 4' : undefined,
        }),
      ),
      ...labels.map((label) =>
        Plot.text([label], {
          x: (one: { day: string }) => at(one.day),
          y: 'value',
          text: 'text',
          dx: 6,
          dy: label.shift,
          textAnchor: 'start',
          fill: label.colour,
          fontWeight: 600,
        }),
      ),
    ],
  });
}

/** Parts of a whole over time, one on another; the lowest first. Names stand at the right where the part is thick enough. */
export function drawStack(
  parts: readonly Line[],
  options: { width: number; format: (value: number) => string },
): string {
  const { width, format } = options;
  const isNarrow = width < 500;
  const days = [...new Set(parts.flatMap((part) => part.points.map((point) => point.day)))].sort();
  const sums = new Map(days.map((day) => [day, 0]));
  const layers = parts.map((part) => ({
    part,
    points: days.map((day) => {
      const y1 = sums.get(day)!;
      const y2 = y1 + (part.points.find((point) => point.day === day)?.value ?? 0);
      sums.set(day, y2);
      return { day, y1, y2 };
    }),
  }));
  const marginRight =
    labelWidth(
      parts.map((part) => part.name),
      isNarrow ? 90 : 170,
    ) + 8;
  const height = isNarrow ? 280 : 340;
  const domain = spread([...sums.values(), 0]);
  const labels = apart(
    layers.map(({ part, points }) => ({
      text: fitted(part.name, marginRight - 10),
      colour: colourOf(part),
      day: days[days.length - 1],
      value: (points[points.length - 1].y1 + points[points.length - 1].y2) / 2,
    })),
    domain,
    height - 60,
  );
  return drawPlot({
    width,
    height,
    marginLeft: 62,
    marginRight,
    marginTop: 16,
    marginBottom: 36,
    x: { type: 'utc', label: null, ticks: isNarrow ? 3 : 8 },
    y: { domain, tickFormat: format as never, ticks: 5, label: null, grid: true },
    marks: [
      ...layers.map(({ part, points }) =>
        Plot.areaY(points, {
          x: (point: { day: string }) => at(point.day),
          y1: 'y1',
          y2: 'y2',
          fill: colourOf(part),
          fillOpacity: 0.75,
          stroke: 'var(--surface)',
          strokeWidth: 1,
        }),
      ),
      ...labels.map((label) =>
        Plot.text([label], {
          x: (one: { day: string }) => at(one.day),
          y: 'value',
          text: 'text',
          dx: 6,
          dy: label.shift,
          textAnchor: 'start',
          fill: label.colour,
          fontWeight: 600,
        }),
      ),
    ],
  });
}

function colourOf(line: Line): string {
  return line.colour === undefined ? MUTED : series(line.colour);
}

interface Label {
  text: string;
  colour: string;
  day: string;
  value: number;
}

/** Moves labels up or down until none lies on another. */
function apart(labels: readonly Label[], domain: readonly number[], pixels: number): (Label & { shift: number })[] {
  const scale = pixels / (domain[1] - domain[0] || 1);
  const wanted = labels.map((label, i) => ({ i, y: (domain[1] - label.value) * scale })).sort((a, b) => a.y - b.y);
  const gap = FONT_SIZE + 3;
  const placed: number[] = [];
  for (const { y } of wanted) placed.push(Math.max(y, (placed[placed.length - 1] ?? Number.NEGATIVE_INFINITY) + gap));
  // what was pushed out below comes back up
  const over = (placed[placed.length - 1] ?? 0) - pixels;
  if (over > 0) {
    let limit = pixels;
    for (let k = placed.length - 1; k >= 0 && placed[k] > limit; k--) {
      placed[k] = limit;
      limit -= gap;
    }
  }
  const shift = new Array<number>(labels.length).fill(0);
  wanted.forEach(({ i, y }, k) => {
    shift[i] = placed[k] - y;
  });
  return labels.map((label, i) => ({ ...label, shift: shift[i] }));
}
