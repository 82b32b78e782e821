import { existsSync, readFileSync } from 'node:fs';
import { type Paths, pathsFromRows, splitPath } from '../../../models/paths.ts';

// reference data kept beside the repository; tests that read it are skipped with a reason where it is absent
const folder = new URL('../../../../shared/reference/golden/', import.meta.url);

export const goldenAbsent = !existsSync(folder);

/** PathData: 10,000 aggregated journeys over 12 channels, from eeghor/mta (MIT), `data/pathdata.csv`. */
export function readPathData(): Paths {
  const lines = readFileSync(new URL('data/pathdata.csv', folder), 'utf8').trim().split('\n').slice(1);
  return pathsFromRows(
    lines.map((line) => {
      const [path, conversions, value, nulls] = line.split(',');
      return {
        path: splitPath(path),
        conversions: Number(conversions),
        revenue: Number(value),
        nonConversions: Number(nulls),
      };
    }),
  );
}

// biome-ignore lint/suspicious/noExplicitAny: a reference file read as it is
export function readExpected(): any {
  return JSON.parse(readFileSync(new URL('channelattribution.json', folder), 'utf8'));
}
