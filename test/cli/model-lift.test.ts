import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { liftproof, ROOT, temporaryFolder } from './shell.ts';

const { folder, remove } = temporaryFolder('model-lift');
afterAll(remove);

const golden = new URL('../../../shared/reference/golden/', import.meta.url);
const weeks = join(ROOT, 'data-samples', 'panels', 'geo_weeks.csv');
const columns = ['--unit', 'geo', '--period', 'week', '--outcome', 'revenue'];
const question = [...columns, '--treated-units', 'FR-OCC,FR-NAQ,FR-GES,FR-CVL', '--start', '2026-06-01'];

describe('liftproof model lift', () => {
  describe.skipIf(!existsSync(golden))('on the published panel of California', () => {
    it('gives the exact synthetic DiD', async () => {
      const { path, args } = california();
      const shell = await liftproof([
        'model',
        'lift',
        path,
        ...args,
        '--method',
        'sdid',
        '--se',
        'placebo',
        '--seed',
        '1',
        '--json',
      ]);
      expect(shell.stderr).toBe('');
      const result = JSON.parse(shell.stdout);
      // the exact optimum; synthdid 0.0.9 stops early, at -15.603828
      expect(result.estimate.value).toBeCloseTo(-15.605397919568, 6);
      expect(result).toMatchObject({ schema_version: 1, method: 'sdid', estimate: { level: 0.9, n: 39 } });
      expect(Object.keys(result)).toEqual(
        expect.arrayContaining(['estimate', 'relative', 'cumulative', 'weights', 'series', 'diagnostics']),
      );
      expect(result.series[0]).toMatchObject({ period: '1970', actual: 123 });
      expect(result.weights.units).toHaveLength(38);
    });
  });

  it('says effect, interval, p, relative lift, method, n and how to read them', async () => {
    const shell = await liftproof(['model', 'lift', weeks, ...question, '--method', 'did', '--se', 'cluster']);
    expect(shell.code).toBe(0);
    expect(shell.stdout).toMatch(/^4 treated units: revenue was [\d.]+ (higher|lower) per geo and week/);
    for (const label of [
      'Effect ',
      'Interval (90 %)',
      'p ',
      'Relative lift',
      'did, uncertainty by',
      '24 units',
      'How to read it',
    ]) {
      expect(shell.stdout).toContain(label);
    }
  });

  it('turns to placebos where a handful of treated units has no clustered error, and says why no test could be made', async () => {
    const [staggered, single] = await Promise.all([
      liftproof(['model', 'lift', weeks, ...question, '--method', 'callaway_santanna']),
      liftproof([
        'model',
        'lift',
        weeks,
        ...columns,
        '--treated-units',
        'FR-OCC',
        '--start',
        '2026-06-01',
        '--method',
        'did',
        '--se',
        'cluster',
      ]),
    ]);
    expect(staggered.stdout).toContain('callaway_santanna, uncertainty by placebo');
    expect(single.stdout).toContain('cannot be told: 1 treated of 24 units are too few for a clustered error');
  });

  it('grades with --gates, and its JSON is the same byte for byte the second time', async () => {
    const args = [
      'model',
      'lift',
      weeks,
      ...question,
      '--method',
      'sc',
      '--gates',
      '--draws',
      '60',
      '--json',
      '--quiet',
    ];
    const [first, second] = await Promise.all([liftproof(args), liftproof(args)]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toBe(first.stdout);
    const { evidence } = JSON.parse(first.stdout);
    expect(evidence.gates).toHaveLength(22);
    // eight weeks before the start are too few for more than a hint
    expect(evidence.ceiling).toBe('B');
    expect(['C', 'X']).toContain(evidence.grade);
    expect(evidence.gates[0]).toMatchObject({ gate: 'data', verdict: 'failed' });
    expect(first.stdout).not.toMatch(/Infinity|NaN/);
  });

  it('tells the verdict of each gate in words', async () => {
    const shell = await liftproof(['model', 'lift', weeks, ...question, '--gates', '--draws', '60']);
    expect(shell.stdout).toMatch(/^ 1 {2}data +FAILED +C +Data: /m);
    expect(shell.stdout).toMatch(/Evidence [CX] \(this design can reach B\)/);
  });

  it('shows one interval with --gates, the graded one, and another method by its name', async () => {
    const args = ['model', 'lift', weeks, ...question, '--gates', '--draws', '60', '--quiet'];
    const [own, json, other] = await Promise.all([
      liftproof(args),
      liftproof([...args, '--json']),
      liftproof([...args, '--method', 'did']),
    ]);
    const { estimate, evidence } = JSON.parse(json.stdout);
    expect(evidence.estimate.interval).toEqual(estimate.interval);
    expect(evidence.estimate.p_value).toBe(estimate.p_value);
    expect(own.stdout.match(/^Interval/gm)).toHaveLength(1);
    expect(own.stdout).not.toContain('As asked');
    // the same headline under the same grade, and what was asked for beside it
    expect(other.stdout.startsWith(own.stdout.trimEnd())).toBe(true);
    expect(other.stdout).toMatch(/As asked, by did with uncertainty by .*The gates did not judge this reading\./);
  });

  it('grades starts that differ, by cohorts', async () => {
    const { code, stdout, stderr } = await liftproof([
      ...['model', 'lift', weeks, ...columns, '--treated-units', 'FR-OCC,FR-NAQ'],
      ...['--start', '2026-06-01,2026-06-15', '--method', 'sdid', '--gates', '--draws', '60', '--quiet'],
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout.match(/^Interval/gm)).toHaveLength(1);
    expect(stdout).not.toContain('As asked');
    expect(stdout).toMatch(/Of FR-\w+ \(from 2026-06-\d\d\): /);
    expect(stdout).toMatch(/sdid, all starts together; all methods say sdid/);
  });

  it('says what to change, and leaves with the number of the mistake', async () => {
    const run = (...args: string[]) => liftproof(['model', 'lift', weeks, ...args]);
    const wrongUnit = await run(...columns, '--treated-units', 'FR-OC', '--start', '2026-06-01');
    expect(wrongUnit).toMatchObject({ code: 2, stdout: '' });
    expect(wrongUnit.stderr).toContain('--treated-units is FR-OC; did you mean FR-OCC?');
    const wrongStart = await run(...columns, '--treated-units', 'FR-OCC', '--start', '2026-06-03');
    expect(wrongStart.stderr).toContain('nearest are 2026-06-01 and 2026-06-08');
    const wrongPair = await run(...question, '--method', 'tbr', '--se', 'jackknife');
    expect(wrongPair.code).toBe(2);
    expect(wrongPair.stderr).toContain('standard error jackknife does not apply to tbr');
    const twice = join(folder, 'twice.csv');
    writeFileSync(twice, `${readFileSync(weeks, 'utf8').trimEnd()}\n${readFileSync(weeks, 'utf8').split('\n')[1]}\n`);
    const repeated = await liftproof(['model', 'lift', twice, ...question]);
    expect(repeated.code).toBe(3);
    expect(repeated.stderr).toContain('twice.csv:290: geo FR-IDF, week 2026-04-06 stands in line 2 already');
  });
});

function california(): { path: string; args: string[] } {
  const path = fileURLToPath(new URL('data/california_prop99.csv', golden));
  const names = ['--unit', 'State', '--period', 'Year', '--outcome', 'PacksPerCapita'];
  return { path, args: [...names, '--treated-units', 'California', '--start', '1989'] };
}
