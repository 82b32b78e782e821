import { describe, expect, it } from 'vitest';
import { MAPS, tileBlocks } from '../../../../api/pages/charts/geo-tiles.ts';
import { drawTiles } from '../../../../api/pages/charts/tiles.ts';

const six = (): number => 6;

/** Subdivisions in ISO 3166-2 that a study may name (for France and Spain: regions, for Britain: nations). */
const SUBDIVISIONS: Readonly<Record<string, number>> = {
  AT: 9,
  AU: 8,
  BE: 3,
  CA: 13,
  DE: 16,
  ES: 17,
  FR: 13,
  GB: 4,
  IT: 20,
  NL: 12,
  US: 51,
};

describe('places as tiles', () => {
  it.each(Object.entries(MAPS))('the map of %s is a rectangle with each place once', (country, lines) => {
    const cells = lines.map((line) => line.split(' '));
    expect(new Set(cells.map((line) => line.length)).size).toBe(1);
    const codes = cells.flat().filter((code) => code !== '..');
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes).toHaveLength(SUBDIVISIONS[country]);
  });

  it('draws a country whole with the places that the study has not, and few places of a large one in a row', () => {
    const [belgium, america] = tileBlocks(['US-CA', 'BE-WAL', 'US-NY'], six);
    expect(belgium).toMatchObject({ title: 'Belgium', columns: 1, rows: 3 });
    expect(belgium.tiles.map(({ name }) => name)).toEqual([null, null, 'BE-WAL']);
    expect(america.tiles.map(({ name, label, column, row }) => [name, label, column, row])).toEqual([
      ['US-CA', 'CA', 0, 0],
      ['US-NY', 'NY', 1, 0],
    ]);
  });

  it('draws no map where a place is not on it, and puts what names no subdivision last', () => {
    const blocks = tileBlocks(['north', 'DE-BY', 'DE-XX', 'DE-HH', 'DE-BE', 'south'], six);
    expect(blocks.map(({ title, tiles }) => [title, tiles.map(({ label }) => label)])).toEqual([
      ['Germany', ['BE', 'BY', 'HH', 'XX']],
      ['Other places', ['north', 'south']],
    ]);
    expect(tileBlocks(['north'], six)[0].title).toBe('');
  });

  it('keeps every tile within the width, however long the names', () => {
    const names = [
      'north of the river',
      'CA-ON',
      'DE-BY',
      'DE-BE',
      'DE-HH',
      'DE-NW',
      ...MAPS.US.join(' ')
        .split(' ')
        .filter((code) => code !== '..')
        .map((code) => `US-${code}`),
    ];
    for (const width of [326, 840]) {
      const svg = drawTiles(
        names.map((name) => ({ name, kind: 'filled' as const })),
        width,
      );
      const ends = [...svg.matchAll(/<rect(?=[^>]* x="([\d.]+)")(?=[^>]* width="([\d.]+)")/g)].map(
        ([, x, wide]) => Number(x) + Number(wide),
      );
      expect(ends.length).toBeGreaterThanOrEqual(names.length);
      expect(Math.max(...ends)).toBeLessThanOrEqual(width);
    }
  });
});
