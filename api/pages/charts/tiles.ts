import * as Plot from '@observablehq/plot';
import { drawPlot, FONT_SIZE, fitted, INK, MUTED, series } from './draw.ts';
import { type TileBlock, tileBlocks } from './geo-tiles.ts';

/** What a tile says; each is told by more than its colour. */
export type TileKind = 'filled' | 'half' | 'outlined' | 'dashed';

const HIGH = 40;
const WIDEST = 46;
const GAP = 24;
const TITLE = 24;
const LETTER = FONT_SIZE * 0.66;
/** Most tiles without a map beside each other. */
const ROW_TILES = 6;

interface Placed {
  label: string;
  x: number;
  y: number;
  width: number;
  height: number;
  kind: TileKind | 'empty';
}

/** Places as tiles, roughly where they lie. A faint tile is a place that the country has and the study has not. */
export function drawTiles(places: readonly { name: string; kind: TileKind }[], width: number): string {
  const { tiles, titles, height } = placeTiles(places, width);
  const of = (kind: Placed['kind']): Placed[] => tiles.filter((tile) => tile.kind === kind);
  const box = {
    x1: (tile: Placed) => tile.x + 2,
    x2: (tile: Placed) => tile.x + tile.width - 2,
    y1: (tile: Placed) => tile.y + 2,
    y2: (tile: Placed) => tile.y + tile.height - 2,
    rx: 4,
  };
  return drawPlot({
    width,
    height,
    margin: 0,
    x: { axis: null, domain: [0, width], range: [0, width] },
    y: { axis: null, domain: [0, height], range: [0, height] },
    marks: [
      Plot.rect(of('empty'), { ...box, fill: MUTED, fillOpacity: 0.12 }),
      Plot.rect(of('outlined'), { ...box, fill: 'var(--surface)', stroke: INK, strokeWidth: 1.5 }),
      Plot.rect(of('dashed'), {
        ...box,
        fill: 'var(--surface)',
        stroke: MUTED,
        strokeWidth: 1.5,
        strokeDasharray: '4 3',
      }),
      Plot.rect(of('half'), { ...box, fill: series(0), fillOpacity: 0.3, stroke: series(0), strokeWidth: 1.5 }),
      Plot.rect(of('filled'), { ...box, fill: series(0) }),
      ...(['empty', 'dashed', 'half', 'outlined', 'filled'] as const).map((kind) =>
        Plot.text(of(kind), {
          x: (tile: Placed) => tile.x + tile.width / 2,
          y: (tile: Placed) => tile.y + tile.height / 2,
          text: 'label',
          fill: kind === 'filled' ? 'var(--surface)' : kind === 'empty' || kind === 'dashed' ? MUTED : INK,
          fontWeight: kind === 'filled' ? 700 : undefined,
        }),
      ),
      Plot.text(titles, {
        x: 'x',
        y: 'y',
        dx: 2,
        dy: 10,
        text: 'text',
        textAnchor: 'start',
        fill: INK,
        fontWeight: 600,
      }),
    ],
  });
}

/** Blocks beside each other as long as there is room, then below. */
function placeTiles(
  places: readonly { name: string; kind: TileKind }[],
  width: number,
): { tiles: Placed[]; titles: { text: string; x: number; y: number }[]; height: number } {
  const kinds = new Map(places.map(({ name, kind }) => [name, kind]));
  const wideFor = (letters: number): number => Math.min(width, Math.max(WIDEST, letters * LETTER + 12));
  const columnsFor = (letters: number): number =>
    Math.min(ROW_TILES, Math.max(1, Math.floor(width / wideFor(letters))));
  const tiles: Placed[] = [];
  const titles: { text: string; x: number; y: number }[] = [];
  let [x, y, line] = [0, 0, 0];
  for (const block of tileBlocks([...kinds.keys()], columnsFor)) {
    const side = Math.min(wideFor(lettersOf(block)), width / block.columns);
    const own = Math.max(block.columns * side, block.title.length * LETTER);
    const above = block.title === '' ? 0 : TITLE;
    if (x > 0 && x + own > width) [x, y, line] = [0, y + line + GAP, 0];
    titles.push({ text: block.title, x, y });
    for (const { name, label, column, row } of block.tiles)
      tiles.push({
        label: fitted(label, side),
        x: x + column * side,
        y: y + above + row * HIGH,
        width: side,
        height: HIGH,
        kind: name === null ? 'empty' : (kinds.get(name) ?? 'empty'),
      });
    line = Math.max(line, above + block.rows * HIGH);
    x += own + GAP;
  }
  return { tiles, titles: titles.filter(({ text }) => text !== ''), height: y + line + 2 };
}

function lettersOf({ tiles }: TileBlock): number {
  return Math.max(...tiles.map(({ label }) => label.length));
}
