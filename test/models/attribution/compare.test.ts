import { describe, expect, it } from 'vitest';
import { attributePaths } from '../../../models/attribution/attribute-paths.ts';
import { compareModels } from '../../../models/attribution/compare.ts';
import type { AttributionModel } from '../../../models/attribution/registry.ts';
import type { Paths } from '../../../models/paths.ts';
import { shortPaths } from './small-paths.ts';

const paths = shortPaths([
  ['video > email', 60, 200, 3000],
  ['email', 30, 100, 1500],
  ['search', 100, 900, 5000],
]);
const run = (of: Paths, ...models: AttributionModel[]) =>
  models.map((model) => attributePaths(of, { model, replicates: 0 }));

describe('compareModels', () => {
  it('lays models side by side with the spread between them, as worked by hand', () => {
    const out = compareModels(run(paths, 'first_touch', 'last_touch', 'linear'));
    expect(out.models).toEqual(['first_touch', 'last_touch', 'linear']);
    expect(out.channels.map((c) => c.channel)).toEqual(['email', 'search', 'video']);
    expect(out.channels[0].conversions).toEqual({ first_touch: 30, last_touch: 90, linear: 60 });
    expect(out.channels[0].conversions_spread).toEqual({
      lo: 30,
      hi: 90,
      lo_model: 'first_touch',
      hi_model: 'last_touch',
      ratio: 3,
      kind: 'model_spread',
    });
    expect(out.channels[2].conversions_spread.ratio).toBeNull();
    expect(out.channels.map((c) => c.disagree)).toEqual([true, false, true]);
    expect(out.total).toEqual({ conversions: 190, revenue: 9500 });
  });

  it('says in plain words where models disagree by more than two times', () => {
    const { notes } = compareModels(run(paths, 'first_touch', 'last_touch'));
    expect(notes).toHaveLength(2);
    expect(notes.join('\n')).toContain(
      'email: last_touch gives it 90 conversions, 3 times the 30 of first_touch. The choice of model decides this channel, not the data; test it before you move budget.',
    );
    expect(notes.join('\n')).toContain('video: first_touch gives it 60 conversions, last_touch none.');
  });

  it('says that agreement is no proof either', () => {
    const { notes, channels } = compareModels(run(paths, 'linear', 'shapley'));
    expect(channels.every((c) => !c.disagree)).toBe(true);
    expect(notes).toEqual([expect.stringMatching(/differs by more than 2 times.*would have come anyway/)]);
  });

  it('takes the threshold it is given', () => {
    expect(compareModels(run(paths, 'first_touch', 'linear'), { threshold: 1.5 }).channels[0].disagree).toBe(true);
    expect(compareModels(run(paths, 'first_touch', 'linear'), { threshold: 2.5 }).channels[0].disagree).toBe(false);
  });

  it('tells the same model of two orders apart', () => {
    const results = [1, 2].map((order) => attributePaths(paths, { model: 'markov', order, replicates: 0 }));
    expect(compareModels(results).models).toEqual(['markov (order 1)', 'markov (order 2)']);
  });

  it('refuses results of different journeys', () => {
    const other = run(shortPaths([['a', 1]]), 'linear');
    expect(() => compareModels([...run(paths, 'linear'), ...other])).toThrow(/different journeys/);
    expect(() => compareModels([])).toThrow(RangeError);
  });
});
