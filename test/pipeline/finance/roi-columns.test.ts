import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROI_COLUMNS, roiTableColumns } from '../../../pipeline/finance/roi-columns.ts';
import { ROOT } from '../../cli/shell.ts';

it('the page on finance tells every column with the formula that the table itself tells', () => {
  const page = readFileSync(join(ROOT, 'docs', 'finance.md'), 'utf8');
  const missing = ROI_COLUMNS.filter((column) => !page.includes(`| \`${column.id}\` | ${column.formula} |`));
  expect(missing.map((column) => column.id)).toEqual([]);
  const told = [
    ...page.slice(page.indexOf('## Columns'), page.indexOf('## Reconciliation')).matchAll(/^\| `(\w+)` \|/gm),
  ];
  expect(told.map((match) => match[1])).toEqual(ROI_COLUMNS.map((column) => column.id));
});

it('each column stands once, and money has the digits of its currency', () => {
  expect(new Set(ROI_COLUMNS.map((column) => column.id)).size).toBe(ROI_COLUMNS.length);
  const scaleOf = (code: string, exponent: number): number | undefined =>
    roiTableColumns(code, exponent).find((column) => column.id === 'revenue_net')!.scale;
  expect([scaleOf('JPY', 0), scaleOf('EUR', 2), scaleOf('KWD', 3)]).toEqual([0, 2, 3]);
});
