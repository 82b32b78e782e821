/**
 * Where the subdivisions of a country lie to each other, a tile each: the codes of ISO 3166-2 after the country, `..` where nothing is.
 * Drawn by hand to keep neighbours and compass; areas and borders say nothing.
 */
export const MAPS: Readonly<Record<string, readonly string[]>> = {
  AT: ['.. .. 4 3 9', '8 7 5 6 1', '.. .. .. 2 ..'],
  AU: ['.. NT QLD ..', 'WA SA NSW ACT', '.. .. VIC ..', '.. .. TAS ..'],
  BE: ['VLG', 'BRU', 'WAL'],
  CA: ['YT NT NU .. .. .. ..', 'BC AB SK MB ON QC NL', '.. .. .. .. NB NS PE'],
  DE: ['.. SH HH MV', 'HB NI BE BB', 'NW HE ST SN', 'SL RP TH ..', '.. BW BY ..'],
  ES: ['GA AS CB PV NC ..', '.. CL RI AR CT ..', 'EX MD CM VC .. IB', '.. AN MC .. .. ..', 'CN .. .. .. .. ..'],
  FR: ['.. .. HDF ..', '.. NOR IDF GES', 'BRE PDL CVL BFC', '.. NAQ ARA ..', '.. OCC PAC COR'],
  GB: ['.. SCT ..', 'NIR .. ..', '.. WLS ENG'],
  IT: ['23 25 32 36', '21 42 45 34', '.. 52 55 57', '88 62 65 67', '.. 72 77 75', '.. 82 78 ..'],
  NL: ['.. FR GR', 'NH FL DR', 'ZH UT OV', 'ZE NB GE', '.. .. LI'],
  US: [
    'AK .. .. .. .. .. .. .. .. .. ME',
    '.. .. .. .. .. .. .. .. .. VT NH',
    'WA ID MT ND MN IL WI MI NY RI MA',
    'OR NV WY SD IA IN OH PA NJ CT ..',
    'CA UT CO NE MO KY WV VA MD DE ..',
    '.. AZ NM KS AR TN NC SC DC .. ..',
    '.. .. .. OK LA MS AL GA .. .. ..',
    'HI .. .. TX .. .. .. .. FL .. ..',
  ],
};

/** A country is drawn whole when the study has at least this share of it; else its few places stand in a row. */
const WHOLE_FROM = 0.2;

export interface Tile {
  /** as the study names it; null for a place that the study does not have */
  name: string | null;
  label: string;
  column: number;
  row: number;
}

/** The places of one country, or those that name none. */
export interface TileBlock {
  title: string;
  columns: number;
  rows: number;
  tiles: readonly Tile[];
}

/**
 * Geos as tiles, a block for each country in the order of the alphabet; what is no subdivision of a country stands in a block of its own, last.
 *
 * @param columnsFor  how many tiles with labels of so many letters stand in a row, where there is no map
 */
export function tileBlocks(geos: readonly string[], columnsFor: (letters: number) => number): TileBlock[] {
  const countries = new Map<string, string[]>();
  const others: string[] = [];
  for (const geo of [...geos].sort()) {
    const country = /^([A-Z]{2})-[A-Z0-9]{1,3}$/.exec(geo)?.[1];
    if (country === undefined) others.push(geo);
    else countries.set(country, [...(countries.get(country) ?? []), geo]);
  }
  const blocks = [...countries.entries()].map(
    ([country, own]) => mapOf(country, own) ?? rowsOf(nameOf(country), own, 3, columnsFor),
  );
  return others.length === 0
    ? blocks
    : [...blocks, rowsOf(blocks.length === 0 ? '' : 'Other places', others, 0, columnsFor)];
}

function mapOf(country: string, geos: readonly string[]): TileBlock | undefined {
  const map = MAPS[country]?.map((line) => line.split(' '));
  if (map === undefined) return undefined;
  const known = map.flat().filter((code) => code !== '..');
  const codes = geos.map((geo) => geo.slice(3));
  if (codes.some((code) => !known.includes(code)) || codes.length < WHOLE_FROM * known.length) return undefined;
  return {
    title: nameOf(country),
    columns: map[0].length,
    rows: map.length,
    tiles: map.flatMap((line, row) =>
      line.flatMap((code, column) =>
        code === '..' ? [] : [{ name: codes.includes(code) ? `${country}-${code}` : null, label: code, column, row }],
      ),
    ),
  };
}

/** @param cut  letters of the name that all have, and the title says */
function rowsOf(
  title: string,
  geos: readonly string[],
  cut: number,
  columnsFor: (letters: number) => number,
): TileBlock {
  const columns = Math.min(geos.length, columnsFor(Math.max(...geos.map((geo) => geo.length - cut))));
  return {
    title,
    columns,
    rows: Math.ceil(geos.length / columns),
    tiles: geos.map((name, i) => ({
      name,
      label: name.slice(cut),
      column: i % columns,
      row: Math.floor(i / columns),
    })),
  };
}

function nameOf(country: string): string {
  return new Intl.DisplayNames('en', { type: 'region' }).of(country) ?? country;
}
