import { describe, expect, it } from 'vitest';
import { studiesSchema } from '../../pipeline/config-studies.ts';
import { liftproof } from './shell.ts';

const plan = ['plan', 'users', '--mean', '10', '--sd', '20'];

describe('liftproof plan users', () => {
  it('gives the number of users by the formula', async () => {
    const shell = await liftproof([
      ...plan,
      '--lift',
      '0.1',
      '--level',
      '0.95',
      '--users-per-day',
      '1000',
      '--users',
      '12559',
      '--json',
    ]);
    // 2 arms x 2 (1.959964 + 0.841621)^2 x 20^2 / 1^2 = 12558.2
    const found = JSON.parse(shell.stdout);
    expect(found).toMatchObject({
      schema_version: 1,
      design: 'users',
      users: 12559,
      treated: 6280,
      control: 6279,
      days: 13,
    });
    expect(studiesSchema.parse(found.studies)[0]).toMatchObject({ kind: 'users', planned_share: 0.5, method: 'itt' });
    expect(found.given.mde).toBeCloseTo(0.1, 4);
  });

  it('prints it for people, and refuses what is no number', async () => {
    const [good, bad] = await Promise.all([
      liftproof([...plan, '--lift', '0.1', '--correlation', '0.6']),
      liftproof([...plan, '--lift', 'ten']),
    ]);
    expect(good.stdout).toMatch(/To find a lift of 10 % among the exposed with 80 % power at the 90 % level:/);
    expect(good.stdout).toMatch(/Saved by history {2}\d+ users/);
    expect(bad.code).toBe(2);
    expect(bad.stderr).toContain('--lift is ten; expected a number');
  });
});
