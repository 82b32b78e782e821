import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeReport } from '../../pipeline/reports.ts';
import { openResults, type Results } from '../../pipeline/results.ts';
import { type PublishedFolder, publishedFolder } from './published.ts';

let folder: PublishedFolder;

beforeAll(async () => {
  folder = publishedFolder();
  await folder.publish('run_one');
});
afterAll(() => folder.remove());

async function notesOf(report: string): Promise<string[]> {
  const results: Results = await openResults(folder.paths);
  try {
    return (await makeReport(results, report, {})).notes;
  } finally {
    results.close();
  }
}

it('a table of spend says what the ratios of its total are of', async () => {
  for (const report of ['campaigns', 'roi'])
    expect(
      (await notesOf(report)).filter((note) => /all revenue .*, \(unattributed\) included, over all spend/.test(note)),
    ).toHaveLength(1);
});

it('a table of spend says when some of it had no exchange rate, and only then', async () => {
  const leftOut = (notes: string[]): string[] => notes.filter((note) => note.includes('without an exchange rate'));
  expect(leftOut(await notesOf('campaigns'))).toEqual([]);
  const path = join(folder.paths.results, 'run_one', 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  manifest.checks.push({ check: 'unpriced_spend', severity: 'warn', rule: '', broken: 3, examples: [] });
  writeFileSync(path, JSON.stringify(manifest));
  for (const report of ['campaigns', 'roi'])
    expect(leftOut(await notesOf(report))).toEqual([
      'Spend without an exchange rate for its day is left out (3 days of platforms); "liftproof check" names it.',
    ]);
});
