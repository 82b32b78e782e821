import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { random } from '../../models/numeric/random.ts';
import { liftproof, temporaryFolder } from './shell.ts';

const { folder, remove } = temporaryFolder('plan-geo');
afterAll(remove);

const history = join(folder, 'history.csv');
const rng = random(1, 'plan geo test');
const rows = Array.from({ length: 12 }, (_, geo) =>
  Array.from({ length: 40 }, (_, t) => `g${geo},${t + 1},${(100 + 10 * geo + 5 * rng.normal()).toFixed(2)}`),
).flat();
writeFileSync(history, `geo,period,sales\n${rows.join('\n')}\n`);
const columns = ['--unit', 'geo', '--period', 'period', '--outcome', 'sales'];
const plan = [
  'plan',
  'geo',
  history,
  ...columns,
  '--durations',
  '5,10',
  '--sizes',
  '1,2',
  '--draws',
  '40',
  '--confirm',
  '3',
];

describe('liftproof plan geo', () => {
  it('gives designs, the cheapest that answers, and what a coin would treat, the same bytes each time', async () => {
    const args = [...plan, '--target', '0.2', '--fixed-cost', '100', '--json', '--quiet'];
    const [first, second] = await Promise.all([liftproof(args), liftproof(args)]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(second.stdout).toBe(first.stdout);
    const found = JSON.parse(first.stdout);
    expect(found).toMatchObject({ schema_version: 1, design: 'geo', seed: 1, level: 0.9, power: 0.8, target: 0.2 });
    expect(found.designs.filter(({ confirmed }: { confirmed: boolean }) => confirmed)).toHaveLength(6);
    expect(found.cheapest).toMatchObject({ can_answer: true, confirmed: true });
    expect(found.cheapest.mde).toBeLessThanOrEqual(0.2);
    expect(found.cheapest.cost).toBeGreaterThanOrEqual(100);
    expect(found.designs[0].curve[0]).toMatchObject({ effect: 0 });
    expect(found.randomised.pairs).toHaveLength(6);
    expect(found.randomised.treated).toHaveLength(6);
    expect(found.randomised.designs.map(({ periods }: { periods: number }) => periods).sort()).toEqual([10, 5]);
    // periods are numbers, so nothing says on which days the test would run
    expect(found.studies).toEqual([]);
  });

  it('says that no design answers when the target is out of reach', async () => {
    const shell = await liftproof([...plan, '--target', '0.001']);
    expect(shell.code).toBe(0);
    expect(shell.stdout).toMatch(/^Power of .* over (5|10) periods/m);
    expect(shell.stdout).toMatch(/^ *0 % {2}[█░]{25} {2}\d+(\.\d+)? %$/m);
    expect(shell.stdout).toMatch(/^No design that was tried can find a lift of 0\.1 % with 80 % power/);
  });

  it('refuses a test that history is too short for', async () => {
    const shell = await liftproof(['plan', 'geo', history, ...columns, '--durations', '20']);
    expect(shell.code).toBe(3);
    expect(shell.stderr).toContain('40 periods of history for a test of 20; give at least 60');
  });
});
