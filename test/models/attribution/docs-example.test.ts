import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { attributePaths } from '../../../models/attribution/attribute-paths.ts';
import type { AttributionModel } from '../../../models/attribution/registry.ts';
import { pathsFromRows, splitPath } from '../../../models/paths.ts';

const page = readFileSync(new URL('../../../docs/attribution-models.md', import.meta.url), 'utf8');

/** Cells of the table whose head starts with these words. */
function table(head: string): string[][] {
  const lines = page.slice(page.indexOf(head)).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

it('the numbers of the page are those of the models', () => {
  const paths = pathsFromRows(
    table('| path | conversions |').map(([path, conversions, nonConversions, revenue]) => ({
      path: splitPath(path),
      conversions: Number(conversions),
      nonConversions: Number(nonConversions),
      revenue: Number(revenue),
    })),
  );
  const shown = table('| model | direct |');
  expect(shown).toHaveLength(8);
  for (const [model, ...cells] of shown) {
    const { channels } = attributePaths(paths, { model: model.replaceAll('`', '') as AttributionModel });
    const expected = channels.map(({ conversions, interval }) => {
      const range = interval ? ` [${interval.lo.toFixed(0)}, ${interval.hi.toFixed(0)}]` : '';
      return conversions.toFixed(1) + range;
    });
    expect(cells).toEqual(expected);
  }
});
