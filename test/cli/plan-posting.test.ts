import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { studiesSchema } from '../../pipeline/config-studies.ts';
import { liftproof, ROOT } from './shell.ts';

const days = join(ROOT, 'data-samples', 'panels', 'geo_days.csv');
const blocks = ['--blocks', '8', '--block-length', '7', '--washout', '2'];

describe('liftproof plan posting', () => {
  it('draws a schedule in which every region posts in one block of each pair, and says what it would find', async () => {
    const columns = ['--unit', 'geo', '--period', 'date', '--outcome', 'orders'];
    const shell = await liftproof([
      'plan',
      'posting',
      days,
      ...columns,
      ...blocks,
      '--effects',
      '0.5',
      '--runs',
      '5',
      '--draws',
      '40',
      '--json',
    ]);
    expect(shell.code).toBe(0);
    const { schedule, found, studies } = JSON.parse(shell.stdout);
    expect(studiesSchema.parse(studies)[0]).toMatchObject({
      kind: 'posting',
      block_days: 7,
      seed: 1,
      outcome: 'orders',
    });
    expect(schedule).toMatchObject({ blocks: 8, block_length: 7, washout: 2, seed: 1 });
    expect(schedule.rows).toHaveLength(24 * 8);
    for (let at = 0; at < schedule.rows.length; at += 2) {
      expect(schedule.rows[at].post).not.toBe(schedule.rows[at + 1].post);
    }
    expect(found.curve.map(({ effect }: { effect: number }) => effect)).toEqual([0, 0.5]);
    expect(found.curve[1].power).toBeGreaterThan(found.curve[0].power);
  });

  it('draws without history too, names days for people, and another seed gives another schedule', async () => {
    const day = ['--start', '2030-03-04'];
    const run = (seed: string) =>
      liftproof(['plan', 'posting', '--regions', 'north,south', ...blocks, ...day, '--seed', seed]);
    const [one, other] = await Promise.all([run('1'), run('2')]);
    expect(one.stdout).toMatch(/^north +1 +2030-03-04 +2030-03-10 +(post|hold back)$/m);
    expect(one.stdout).toContain('Give a history file');
    expect(one.stdout).toMatch(/^studies:\n {2}- id: posting_/m);
    const calendar = (text: string) => text.split('Drawn')[0];
    expect(calendar(other.stdout)).not.toBe(calendar(one.stdout));
  });

  it('asks for regions when nothing names them', async () => {
    const shell = await liftproof(['plan', 'posting', ...blocks]);
    expect(shell.code).toBe(2);
    expect(shell.stderr).toContain('no region; name a history file, or --regions');
  });
});
