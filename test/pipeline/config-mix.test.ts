import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../pipeline/config.ts';

const head = 'workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\n';
const mixOf = (mix: string) => parseConfig(`${head}${mix}`, 'liftproof.yaml').mix;

describe('mix: in liftproof.yaml', () => {
  it('is absent unless asked for, and an empty one leaves every choice to the defaults', () => {
    expect(mixOf('')).toBeUndefined();
    expect(mixOf('mix: {}')).toMatchObject({
      outcome: 'revenue_net',
      by_geo: false,
      seed: 1,
      chains: 4,
      missing_weeks: 'refuse',
      budget: { weeks: 13, spend: 'all' },
    });
  });

  it('says of a driver what a bare mix.yaml says, and which rows it is made of', () => {
    const mix = mixOf(`mix:
  drivers:
    - { name: tv, kind: paid, platform: [meta, tiktok], campaign: spring, measure: impressions, adstock: { kind: delayed, max_lag: 6 }, saturation: hill }
    - { name: boycott, kind: negative, stance: boycott, sign: negative }
  holidays: [{ name: sale, periods: [2026-06-22] }]
  experiments: [{ name: dark, drivers: [tv], start: 2026-03-02, end: 2026-03-23, counterfactual_factor: 0, estimand: outcome, estimate: 41000, standard_error: 9000, grade: A }]
`);
    expect(mix!.drivers).toEqual([
      {
        name: 'tv',
        kind: 'paid',
        platform: ['meta', 'tiktok'],
        campaign: ['spring'],
        measure: ['impressions'],
        adstock: { kind: 'delayed', max_lag: 6 },
        saturation: { kind: 'hill' },
      },
      { name: 'boycott', kind: 'negative', stance: ['boycott'], sign: 'negative' },
    ]);
    expect(mix!.experiments![0]).toMatchObject({ start: '2026-03-02', grade: 'A' });
  });

  it.each([
    ['a key that is none', 'mix:\n  outcom: orders\n', ':4: outcom is not a setting in mix; did you mean outcome?'],
    [
      'an outcome that is none',
      'mix:\n  outcome: revenue\n',
      ':4: mix.outcome is revenue; expected one of revenue_net,',
    ],
    ['days for weeks', 'mix:\n  granularity: day\n', ':4: mix.granularity is day; expected one of week'],
    [
      'a short form that is none',
      'mix:\n  drivers:\n    - name: tv\n      kind: paid\n      saturation: hil\n',
      ':7: mix.drivers.0.saturation.kind is hil; expected one of linear, michaelis_menten, logistic, hill, root; did you mean hill?',
    ],
    [
      'a name that stands twice',
      'mix:\n  drivers:\n    - { name: tv, kind: paid }\n    - { name: tv, kind: organic }\n',
      ':6: driver tv stands twice; give each its own name',
    ],
    [
      'spend of what is not paid',
      'mix:\n  drivers:\n    - { name: tv, kind: organic, measure: spend }\n',
      ':5: measure of tv is spend; only a paid driver has spend',
    ],
    [
      'engagement of what is paid',
      'mix:\n  drivers:\n    - { name: tv, kind: paid, measure: views }\n',
      ':5: measure of tv is views; a paid driver is measured by spend, impressions, clicks',
    ],
    [
      'a control without a series',
      'mix:\n  drivers:\n    - { name: rain, kind: control }\n',
      ':5: rain needs a measure',
    ],
    [
      'a study of an unknown driver',
      'mix:\n  drivers: [{ name: tv, kind: paid }]\n  experiments:\n    - { name: a, drivers: [tw], start: 2026-01-05, end: 2026-01-12, estimand: outcome, estimate: 1, standard_error: 1 }\n',
      'mix.experiments.0.drivers names tw, which is no driver; known are tv',
    ],
    [
      'a budget of an unknown channel',
      'mix:\n  drivers: [{ name: tv, kind: paid }]\n  budget:\n    channels: { tw: { upper: 3 } }\n',
      'mix.budget.channels names tw, which is no paid driver; paid are tv',
    ],
    ['a budget below nothing', 'mix:\n  budget: { total: -3 }\n', 'mix.budget.total is -3'],
  ])('refuses %s, naming the line', (_what, mix, message) => {
    expect(() => mixOf(mix)).toThrow(message);
  });
});
