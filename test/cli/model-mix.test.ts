import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { liftproof, ROOT, temporaryFolder } from './shell.ts';

const { folder, remove } = temporaryFolder('model-mix');
afterAll(remove);

const weekly = join(ROOT, 'data-samples', 'panels', 'weekly.csv');
const config = join(folder, 'mix.yaml');
writeFileSync(
  config,
  `outcome: revenue
drivers:
  - { name: instagram, kind: organic, column: instagram_impressions }
  - { name: meta_ads, kind: paid, column: meta_ads_impressions, spend_column: meta_ads_spend }
  - { name: boycott, kind: negative, column: negative_engagements }
trend: none
season: none
`,
);
const model = ['model', 'mix', weekly, '--config', config, '--seed', '1'];
const quick = ['--chains', '2', '--warmup', '200', '--draws', '300'];

describe('liftproof model mix', () => {
  it('gives JSON in the promised shape, the same byte for byte the second time', async () => {
    const [first, second] = await Promise.all([1, 2].map(() => liftproof([...model, ...quick, '--json', '--quiet'])));
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toBe(first.stdout);
    const result = JSON.parse(first.stdout);
    expect(result).toMatchObject({ schema_version: 1, status: 'ok' });
    expect(result.diagnostics).toMatchObject({ seed: 1, chains: 2, draws: 300, warmup: 200, weeks: 12 });
    expect(result.drivers.map(({ name }: { name: string }) => name)).toEqual(['instagram', 'meta_ads', 'boycott']);
    for (const driver of result.drivers) {
      expect(Object.keys(driver.contribution)).toEqual(expect.arrayContaining(['mean', 'sd', 'lo', 'hi', 'level']));
      expect(driver.contribution.level).toBe(0.9);
      expect(driver.grade).toBe('E');
    }
    expect(result.drivers[1].roi.mean).toBeGreaterThan(0);
    // a declared sign holds in every draw
    expect(result.drivers[2].contribution.hi).toBeLessThan(0);
    const known = ['name', 'mean', 'sd', 'q5', 'q95', 'rhat', 'ess_bulk', 'ess_tail'];
    expect(Object.keys(result.parameters[0])).toEqual(expect.arrayContaining(known));
  });

  it('prints a table, warns on standard error, and says what was not measured', async () => {
    const shell = await liftproof([...model, ...quick]);
    expect(shell.code).toBe(0);
    expect(shell.stdout).toMatch(/^revenue over 12 weeks/);
    expect(shell.stdout).toMatch(/^meta_ads +paid +[\d,]+\.\d\d/m);
    expect(shell.stdout).toContain('evidence E');
    expect(shell.stderr).toContain('boycott ran in only 6 weeks');
  });

  it('reports nothing and leaves with 6 when the chains do not agree', async () => {
    const shell = await liftproof([...model, '--chains', '2', '--warmup', '20', '--draws', '20', '--json']);
    expect(shell).toMatchObject({ code: 6, stdout: '' });
    expect(shell.stderr).toMatch(/the chains did not agree \(R-hat is [\d.]+, needed under 1\.05\); worst is/);
  });

  it('names line, key and nearest name of a wrong configuration, and leaves with 2', async () => {
    const wrong = join(folder, 'wrong.yaml');
    writeFileSync(wrong, 'outcome: revenue\ndrivers:\n  - name: meta_ads\n    kid: paid\n');
    const shell = await liftproof(['model', 'mix', weekly, '--config', wrong]);
    expect(shell.code).toBe(2);
    expect(shell.stderr).toContain('wrong.yaml:4: kid is not a setting in drivers.0; did you mean kind?');
  });
});
