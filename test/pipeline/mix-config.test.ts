import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseMixConfig, readMixConfig } from '../../pipeline/mix-config.ts';
import { ROOT } from '../cli/shell.ts';

const short = (driver: string) => `outcome: revenue\ndrivers:\n  - name: tv\n    kind: paid\n${driver}`;

describe('readMixConfig', () => {
  it('reads the sample', () => {
    const path = join(ROOT, 'data-samples', 'panels', 'mix.yaml');
    expect(existsSync(path)).toBe(true);
    const config = readMixConfig(path);
    expect(config).toMatchObject({ period: 'week', geo: undefined, outcome: 'revenue' });
    expect(config.spec.drivers).toHaveLength(12);
    expect(config.spec.drivers[7]).toEqual({
      name: 'meta_ads',
      kind: 'paid',
      column: 'meta_ads_impressions',
      spendColumn: 'meta_ads_spend',
    });
  });

  it('carries every setting of the model over, snake_case to camelCase', () => {
    const { spec } = parseMixConfig(
      `
period: week
geo: region
outcome: orders
value_per_outcome: 60
drivers:
  - name: tv
    kind: paid
    column: tv_grp
    spend_column: tv_cost
    adstock: { kind: delayed, max_lag: 6, priors: { decay: { family: beta, a: 2, b: 2 } } }
    saturation: hill
    sign: positive
    prior: { on: roi, distribution: { family: log_normal, mu: 0, sigma: 0.5 } }
    by_geo: false
  - { name: price, kind: treatment, reference: max }
  - { name: visits, kind: organic, role: mediator }
trend: none
season: { order: 3, period_weeks: 52.18, sd: 0.5 }
holidays:
  - { name: sale, periods: [2026-03-02, "2026-03-09"], sd: 1 }
noise: { kind: student_t, df: 4 }
population: { north: 3, south: 5 }
geo_spread: { family: half_normal, sd: 0.3 }
experiments:
  - name: dark
    drivers: [tv]
    geos: [north]
    start: 2026-03-02
    end: 2026-03-23
    read_end: 2026-04-06
    counterfactual_factor: 0
    estimand: outcome
    estimate: 41000
    standard_error: 9000
    grade: A
`,
      'mix.yaml',
    );
    expect(spec).toEqual({
      drivers: [
        {
          name: 'tv',
          kind: 'paid',
          column: 'tv_grp',
          spendColumn: 'tv_cost',
          adstock: { kind: 'delayed', maxLag: 6, priors: { decay: { family: 'beta', a: 2, b: 2 } } },
          saturation: { kind: 'hill' },
          sign: 'positive',
          prior: { on: 'roi', distribution: { family: 'log_normal', mu: 0, sigma: 0.5 } },
          byGeo: false,
        },
        { name: 'price', kind: 'treatment', reference: 'max' },
        { name: 'visits', kind: 'organic', role: 'mediator' },
      ],
      trend: 'none',
      season: { order: 3, periodWeeks: 52.18, sd: 0.5 },
      holidays: [{ name: 'sale', periods: ['2026-03-02', '2026-03-09'], sd: 1 }],
      noise: { kind: 'student_t', df: 4 },
      valuePerOutcome: 60,
      population: { north: 3, south: 5 },
      geoSpread: { family: 'half_normal', sd: 0.3 },
      experiments: [
        {
          name: 'dark',
          drivers: ['tv'],
          geos: ['north'],
          start: '2026-03-02',
          end: '2026-03-23',
          readEnd: '2026-04-06',
          counterfactualFactor: 0,
          estimand: 'outcome',
          estimate: 41000,
          standardError: 9000,
          grade: 'A',
        },
      ],
    });
  });

  it.each([
    [
      'a key that is none',
      short('    spendcolumn: x\n'),
      'mix.yaml:5: spendcolumn is not a setting in drivers.0; did you mean spend_column?',
    ],
    [
      'a value that is none',
      'outcome: revenue\ndrivers:\n  - name: tv\n    kind: piad\n',
      'mix.yaml:4: drivers.0.kind is piad; expected one of paid, organic, negative, ambiguous, treatment, control; did you mean paid?',
    ],
    [
      'a short form that is none',
      short('    adstock: geometrik\n'),
      'mix.yaml:5: drivers.0.adstock.kind is geometrik; expected one of none, geometric, delayed, binomial, weibull; did you mean geometric?',
    ],
    [
      'a key inside a prior',
      short('    prior:\n      on: roi\n      distribution: { family: normal, mean: 0, std: 1 }\n'),
      'mix.yaml:7: std is not a setting in drivers.0.prior.distribution; did you mean sd?',
    ],
    [
      'a family that is none',
      short('    prior:\n      on: roi\n      distribution: { family: lognormal, mu: 0, sigma: 1 }\n'),
      'distribution.family is lognormal; expected one of normal, half_normal, log_normal, gamma, beta, uniform, truncated_normal; did you mean log_normal?',
    ],
    [
      'a number that is text',
      short('    adstock: { kind: geometric, max_lag: eight }\n'),
      'mix.yaml:5: drivers.0.adstock.max_lag is eight; expected a number',
    ],
    ['what is missing', 'outcome: revenue\n', 'mix.yaml:1: drivers is missing; expected a list'],
    [
      'a union with a key that is none',
      `${short('')}trend: { every_week: 13 }\n`,
      'mix.yaml:5: every_week is not a setting in trend; did you mean every_weeks?',
    ],
    ['broken YAML', 'outcome: [\n', 'mend the YAML there'],
    ['a driver declared twice', `${short('')}  - { name: tv, kind: organic }\n`, 'mix.yaml:5: driver tv stands twice'],
    [
      'an experiment on no driver',
      `${short('')}experiments:\n  - { name: a, drivers: [tw], start: 2026-01-05, end: 2026-01-12, counterfactual_factor: 0, estimand: outcome, estimate: 1, standard_error: 1 }\n`,
      'mix.yaml:6: experiments.0.drivers names tw, which is no driver; did you mean tv?',
    ],
  ])('says line, key, what was expected and the nearest name for %s', (_, text, message) => {
    expect(() => parseMixConfig(text, 'mix.yaml')).toThrow(message);
  });
});
