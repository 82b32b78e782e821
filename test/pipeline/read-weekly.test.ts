import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parseMixConfig } from '../../pipeline/mix-config.ts';
import { readWeekly } from '../../pipeline/read-weekly.ts';
import { temporaryFolder } from '../cli/shell.ts';

const { folder, remove } = temporaryFolder('read-weekly');
afterAll(remove);

const national = parseMixConfig(
  'outcome: sales\ndrivers:\n  - name: tv\n    kind: paid\n    column: tv_spend\n',
  'mix.yaml',
);
const byGeo = parseMixConfig('geo: geo\noutcome: sales\ndrivers:\n  - { name: tv, kind: paid }\n', 'mix.yaml');

function read(text: string, config = national) {
  const path = join(folder, 'weekly.csv');
  writeFileSync(path, text);
  return readWeekly(path, config);
}

describe('readWeekly', () => {
  it('puts weeks in order, an empty outcome missing and never zero', () => {
    const panel = read('week,sales,tv_spend,other\n2026-01-12,,3,x\n2026-01-05,10,2,y\n');
    expect(panel.units).toEqual(['all']);
    expect(panel.periods).toEqual(['2026-01-05', '2026-01-12']);
    expect(panel.outcome[0]).toBe(10);
    expect(panel.outcome[1]).toBeNaN();
    expect([...panel.covariates.tv_spend]).toEqual([2, 3]);
  });

  it('reads geos', () => {
    const panel = read(
      'week,geo,sales,tv\n2026-01-05,b,1,5\n2026-01-12,b,2,6\n2026-01-05,a,3,7\n2026-01-12,a,NA,8\n',
      byGeo,
    );
    expect(panel.units).toEqual(['a', 'b']);
    expect([...panel.covariates.tv]).toEqual([7, 8, 5, 6]);
    expect(panel.outcome[1]).toBeNaN();
  });

  it('names the line of the configuration that asks for a column that is not there', () => {
    expect(() => read('week,sales,tv_spent\n2026-01-05,1,1\n')).toThrow(
      /mix\.yaml:5: column of driver tv is tv_spend, and .*weekly\.csv has no such column; did you mean tv_spent\?/,
    );
    expect(() => read('week,sale,tv_spend\n2026-01-05,1,1\n')).toThrow(/mix\.yaml:1: outcome is sales/);
  });

  it('names file and line of a bad date, a bad number and a week that stands twice', () => {
    expect(() => read('week,sales,tv_spend\n05/01/2026,1,1\n')).toThrow(
      /weekly\.csv:2: week is 05\/01\/2026; write a day/,
    );
    expect(() => read('week,sales,tv_spend\n\n2026-01-05,1,12%\n')).toThrow(
      /weekly\.csv:3: tv_spend is 12%; write a plain number/,
    );
    expect(() => read('week,sales,tv_spend\n2026-01-05,1,1\n2026-01-12,1,1\n2026-01-05,1,1\n')).toThrow(
      /weekly\.csv:4: 2026-01-05 stands in line 2 already; .* name the column of the geos/,
    );
    expect(() => read('week,geo,sales,tv\n2026-01-05,,1,5\n', byGeo)).toThrow(/weekly\.csv:2: geo is empty/);
  });

  it('refuses weeks that are left out, since carry-over would jump', () => {
    expect(() => read('week,sales,tv_spend\n2026-01-05,1,1\n2026-01-12,1,1\n2026-01-26,1,1\n')).toThrow(
      /weekly\.csv: 2026-01-26 follows 2026-01-12 by 14 days/,
    );
  });
});
