import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { liftproof, ROOT, temporaryFolder } from './shell.ts';

const { folder, remove } = temporaryFolder('model-attribution');
afterAll(remove);

const paths = join(ROOT, 'data-samples', 'panels', 'paths.csv');
const timed = join(folder, 'journeys.csv');
writeFileSync(
  timed,
  `journey,channel,days_before,converted,revenue
a,email,3,1,10
a,search,1,1,
b,email,2,1,20
c,search,5,0,
d,email,2,0,
`,
);

describe('liftproof model attribution', () => {
  it('chooses the order of the Markov model and says how', async () => {
    const shell = await liftproof(['model', 'attribution', paths, '--order', 'auto', '--replicates', '20', '--json']);
    expect(shell.stderr).toBe('');
    const result = JSON.parse(shell.stdout);
    expect(result.model).toBe('markov');
    const scores = result.diagnostics.order_choice as { order: number; log_loss: number }[];
    const best = scores.reduce((a, b) => (b.log_loss < a.log_loss ? b : a));
    expect(result.diagnostics.order).toBe(best.order);
  });

  it('puts every model that paths suffice for side by side, with cost', async () => {
    const spend = join(folder, 'spend.csv');
    writeFileSync(spend, 'channel,spend\nemail,100\n');
    const args = ['model', 'attribution', paths, '--model', 'all', '--replicates', '20', '--spend', spend, '--json'];
    const { results, comparison } = JSON.parse((await liftproof(args)).stdout);
    const ids = results.map((result: { model: string }) => result.model);
    expect(ids).toEqual([
      'first_touch',
      'last_touch',
      'last_non_direct',
      'linear',
      'position_based',
      'markov',
      'shapley',
      'shapley_ordered',
      'shapley_rate',
    ]);
    expect(comparison.models).toEqual(ids);
    for (const result of results) {
      const email = result.channels.find((one: { channel: string }) => one.channel === 'email');
      expect(email.cpa).toBeCloseTo(100 / email.conversions, 9);
      expect(email.roas).toBeCloseTo(email.revenue / 100, 9);
    }
  });

  it('gives models that need times on a file that has them', async () => {
    const shell = await liftproof([
      'model',
      'attribution',
      timed,
      '--model',
      'time_decay',
      '--half-life',
      '1',
      '--json',
    ]);
    const { channels, total } = JSON.parse(shell.stdout);
    expect(total).toEqual({ conversions: 2, revenue: 30 });
    // journey a: ages 3 and 1 at a half-life of a day weigh 1 to 4
    expect(channels[0].conversions).toBeCloseTo(1.2, 12);
    expect(channels[1].conversions).toBeCloseTo(0.8, 12);
  });

  it('says what a model that needs times needs', async () => {
    const shell = await liftproof(['model', 'attribution', paths, '--model', 'learned_decay']);
    expect(shell.code).not.toBe(0);
    expect(shell.stderr).toMatch(/learned_decay needs the time of every touch; give a CSV with journey, channel/);
  });
});
