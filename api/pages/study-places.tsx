import { makeTable, ratioColumn, textColumn } from '../../pipeline/views/make-table.ts';
import type { StudyPlace } from '../../pipeline/views/read-studies.ts';
import { drawTiles, type TileKind } from './charts/tiles.ts';
import { listed, number } from './format.ts';
import type { Figure, Key } from './page.ts';

const ARMS: readonly { arm: StudyPlace['arm']; word: string; kind: TileKind; key: Omit<Key, 'label'> }[] = [
  { arm: 'treated', word: 'treated', kind: 'filled', key: { series: 1, shape: 'square' } },
  { arm: 'both', word: 'treated in some blocks of time', kind: 'half', key: { series: 1, shape: 'band' } },
  { arm: 'control', word: 'left untreated to compare with', kind: 'outlined', key: { series: 'muted', shape: 'box' } },
  { arm: 'left_out', word: 'left out', kind: 'dashed', key: { series: 'muted', shape: 'dashed-box' } },
];

/** Which places were treated and which they are compared with, as tiles roughly where they lie. */
export function placesFigure(
  places: readonly StudyPlace[],
  weights: readonly { name: string; weight: number }[],
): Figure | undefined {
  if (places.length === 0) return undefined;
  const shown = ARMS.map((one) => ({ ...one, names: places.filter(({ arm }) => arm === one.arm) })).filter(
    ({ names }) => names.length > 0,
  );
  const wordOf = (arm: StudyPlace['arm']): string => ARMS.find((one) => one.arm === arm)!.word;
  return {
    id: 'places',
    title: 'Where it was tested',
    summary: `Of ${number(places.length)} ${places.length === 1 ? 'place' : 'places'}, ${listed(
      shown.map(({ names, word }) => `${number(names.length)} ${names.length === 1 ? 'was' : 'were'} ${word}`),
    )}.`,
    draw: (width) =>
      drawTiles(
        places.map(({ name, arm }) => ({ name, kind: ARMS.find((one) => one.arm === arm)!.kind })),
        width,
      ),
    keys: shown.map(({ word, key }) => ({ label: word, ...key })),
    table: makeTable(
      [
        textColumn('name', 'Place'),
        textColumn('arm', 'In the study'),
        ...(weights.length === 0 ? [] : [ratioColumn('weight', 'Weight in the comparison')]),
      ],
      places.map(({ name, arm }) => ({
        name,
        arm: wordOf(arm),
        weight: weights.find((one) => one.name === name)?.weight ?? null,
      })),
    ),
    how: 'studies',
    notes: [
      'Each tile is a place, roughly where it lies on the map; its size says nothing. Faint tiles had no orders of enough persons, or are not in the study.',
    ],
  };
}
