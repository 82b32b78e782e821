import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { marketFiles } from '../models/simulate/export/files.ts';
import { simulateMarket } from '../models/simulate/market.ts';
import { SAMPLE } from '../models/simulate/sample-market.ts';

const directory = fileURLToPath(new URL('../data-samples/', import.meta.url));
const REFRESH = 'data-samples/ is stale; refresh it with: npx tsx bench/make-data-samples.ts';

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

describe('data-samples', () => {
  const made = marketFiles(simulateMarket(SAMPLE));

  it('holds byte for byte what the simulator makes of its seed', () => {
    for (const { path, content } of made) {
      const kept = readFileSync(join(directory, path), 'utf8');
      expect(kept === content, `${path}: ${REFRESH}`).toBe(true);
    }
  });

  it('holds nothing else but its README, and each file stands in it', () => {
    const readme = readFileSync(join(directory, 'README.md'), 'utf8');
    const kept = filesBelow(directory).map((path) => relative(directory, path).replaceAll('\\', '/'));
    expect(kept.filter((path) => !['README.md', 'liftproof.yaml'].includes(path)).sort()).toEqual(
      made.map(({ path }) => path).sort(),
    );
    for (const { path } of made) expect(readme).toContain(path.split('/').at(-1));
  });

  it('stays small enough to travel with the package', () => {
    const bytes = filesBelow(directory).reduce((sum, path) => sum + statSync(path).size, 0);
    expect(bytes).toBeLessThan(6_000_000);
  });
});
