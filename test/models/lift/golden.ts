import { existsSync, readFileSync } from 'node:fs';

const folder = new URL('../../../../shared/reference/golden/', import.meta.url);

/** Published expected values live outside the repository; without them their tests are skipped. */
export const haveGoldens = existsSync(folder);

// biome-ignore lint/suspicious/noExplicitAny: expected values are read as they are written
export function goldenJson(name: string): Record<string, any> {
  return JSON.parse(readFileSync(new URL(`lift/${name}`, folder), 'utf8'));
}

/** Columns of a CSV of numbers. */
export function goldenColumns(name: string): Record<string, Float64Array> {
  const [head, ...lines] = readFileSync(new URL(`data/${name}`, folder), 'utf8')
    .trim()
    .split('\n');
  const rows = lines.map((line) => line.split(','));
  return Object.fromEntries(
    head.split(',').map((column, j) => [column, Float64Array.from(rows, (row) => Number(row[j]))]),
  );
}
