import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPanel } from '../../pipeline/read-panel.ts';
import { temporaryFolder } from '../cli/shell.ts';

const { folder, remove } = temporaryFolder('read-panel');
afterAll(remove);

const columns = { unit: 'geo', period: 'day', outcome: 'sales' };

function file(text: string): string {
  const path = join(folder, 'panel.csv');
  writeFileSync(path, text);
  return path;
}

function read(text: string, more: { covariates?: string[]; before?: string } = {}) {
  return readPanel(file(text), { ...columns, covariates: more.covariates }, more.before);
}

describe('readPanel', () => {
  it('puts rows of any order into units x periods, with covariates beside', () => {
    const panel = read(
      'geo,day,sales,price\nb,2026-01-02,4,9\na,2026-01-02,2,7\nb,2026-01-01,3,8\na,2026-01-01,1,6\n',
      {
        covariates: ['price'],
      },
    );
    expect(panel.units).toEqual(['b', 'a']);
    expect(panel.periods).toEqual(['2026-01-01', '2026-01-02']);
    expect([...panel.outcome]).toEqual([3, 4, 1, 2]);
    expect([...panel.covariates.price]).toEqual([8, 9, 6, 7]);
  });

  it('orders numbers by size, not by text', () => {
    expect(read('geo,day,sales\na,10,1\na,9,2\na,8,3\n').periods).toEqual(['8', '9', '10']);
  });

  it('names both lines of a row that stands twice, blank lines counted', () => {
    expect(() => read('geo,day,sales\na,1,1\n\na,2,1\na,1,3\n')).toThrow(
      /panel\.csv:5: geo a, day 1 stands in line 2 already/,
    );
  });

  it('names file, line and column of what is no number', () => {
    expect(() => read('geo,day,sales\na,1,1\na,2,"1,200"\n')).toThrow(
      /panel\.csv:3: sales is 1,200; write a plain number/,
    );
    expect(() => read('geo,day,sales\na,1,0x10\n')).toThrow(/panel\.csv:2: sales is 0x10/);
  });

  it('refuses an absent row and an empty cell, and never reads them as zero', () => {
    expect(() => read('geo,day,sales\na,1,1\na,2,1\nb,1,3\n')).toThrow(
      /there is no row for geo b, day 2 \(1 such gap in all\)/,
    );
    expect(() => read('geo,day,sales\na,1,1\na,2,NA\n')).toThrow(/panel\.csv:3: sales is empty for geo a, day 2/);
  });

  it('leaves gaps alone that lie after the end of the question', () => {
    const panel = read('geo,day,sales\na,1,1\na,2,1\na,3,\nb,1,3\nb,2,2\n', { before: '3' });
    expect(panel.outcome[2]).toBeNaN();
    expect(panel.outcome[5]).toBeNaN();
  });

  it('refuses a week or a year that no unit has, and allows shops that rest on weekends', () => {
    const weeks = ['2026-01-05', '2026-01-12', '2026-01-26'].map((day) => `a,${day},1`).join('\n');
    expect(() => read(`geo,day,sales\n${weeks}\n`)).toThrow(
      /goes from 2026-01-12 to 2026-01-26, elsewhere in steps of 7 days/,
    );
    expect(() => read('geo,day,sales\na,1988,1\na,1989,1\na,1991,2\n')).toThrow(/from 1989 to 1991/);
    const working = ['2026-01-08', '2026-01-09', '2026-01-12', '2026-01-13'].map((day) => `a,${day},1`).join('\n');
    expect(read(`geo,day,sales\n${working}\n`).periods).toHaveLength(4);
    const holed = ['2026-01-08', '2026-01-09', '2026-01-13'].map((day) => `a,${day},1`).join('\n');
    expect(() => read(`geo,day,sales\n${holed}\n`)).toThrow(/from 2026-01-09 to 2026-01-13/);
  });

  it('refuses days that do not sort by time, and labels of two kinds', () => {
    expect(() => read('geo,day,sales\na,1/2/2026,1\n')).toThrow(
      /panel\.csv:2: day is 1\/2\/2026, which does not sort by time/,
    );
    expect(() => read('geo,day,sales\na,1,1\na,2,1\na,total,2\n')).toThrow(
      /panel\.csv:4: day is total, unlike the others/,
    );
  });

  it('names the nearest column, an empty unit, a column that stands twice, and a file that is not there', () => {
    expect(() => read('geos,day,sales\na,1,1\n')).toThrow(/--unit is geo, .* did you mean geos\?/);
    expect(() => read('geo,day,sales\n,1,1\n')).toThrow(/panel\.csv:2: geo is empty/);
    expect(() => read('geo,day,sales,sales\na,1,1,1\n')).toThrow(/:1: column sales stands twice/);
    expect(() => read('geo,day,sales\n')).toThrow(/holds no row/);
    expect(() => readPanel(join(folder, 'absent.csv'), columns)).toThrow(/absent\.csv: cannot be read/);
  });
});
