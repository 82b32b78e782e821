import { describe, expect, it } from 'vitest';
import { parseConfig, readConfig } from '../../pipeline/config.ts';

const HEAD = 'workspace: acme\nreporting: { time_zone: Europe/Paris, currency: EUR }\n';

const parse = (text: string) => parseConfig(text, 'liftproof.yaml');

function refusal(text: string): { code: string; message: string; details: Record<string, unknown> } {
  try {
    parse(text);
  } catch (cause) {
    return cause as ReturnType<typeof refusal>;
  }
  throw new Error('was accepted');
}

describe('liftproof.yaml', () => {
  it('needs a workspace name and a reporting zone and currency; the rest has defaults', () => {
    const config = parse(HEAD);
    expect(config).toMatchObject({
      workspace: 'acme',
      reporting: { time_zone: 'Europe/Paris', currency: 'EUR' },
      sources: [],
      windows: { click_days: 30 },
      models: { default: 'position_based', position: { first: 0.4, middle: 0.2, last: 0.4 } },
      privacy: { k: 10 },
      exclusions: { direct: 'unless_alone', test_orders: true },
    });
  });

  it('fills up a section that sets some of its keys', () => {
    expect(parse(`${HEAD}windows:\n  click_days: 14\n`).windows).toMatchObject({ click_days: 14, engagement_days: 7 });
  });

  it('reads comments, days with and without quotes, and zones by any name that exists', () => {
    const config = parse(
      `${HEAD}# campaigns\ncampaigns:\n  - { id: spring, starts: 2026-03-01, ends: '2026-03-31' } # inline\nsources:\n  - { id: us, time_zone: America/New_York }\n  - { id: old, time_zone: US/Eastern }\n`,
    );
    expect(config.campaigns[0]).toMatchObject({ starts: '2026-03-01', ends: '2026-03-31' });
    expect(config.sources.map((source) => source.time_zone)).toEqual(['America/New_York', 'US/Eastern']);
  });

  it.each([
    // a wrong key: line, key, section and the nearest valid name
    [`${HEAD}window:\n  click_days: 3\n`, 3, 'window is not a setting; did you mean windows?'],
    [`${HEAD}windows:\n  clik_days: 3\n`, 4, 'clik_days is not a setting in windows; did you mean click_days?'],
    [
      `${HEAD}sources:\n  - id: shop\n    timezone: Europe/Paris\n`,
      5,
      'timezone is not a setting in sources.0; did you mean time_zone?',
    ],
    [`${HEAD}privacy:\n  banana: 1\n`, 4, 'banana is not a setting in privacy; known are k, shared_k, person_key_env'],
    [
      'workspace: acme\nreporting: { time_zone: UTC, curency: EUR }\n',
      2,
      'curency is not a setting in reporting; did you mean currency?',
    ],
    // a wrong value: line, path, what was found, what was expected, what was probably meant
    [
      'workspace: acme\nreporting:\n  time_zone: Europe/Pari\n  currency: EUR\n',
      3,
      'reporting.time_zone is Europe/Pari; expected an IANA time zone such as Europe/Paris; did you mean Europe/Paris?',
    ],
    [
      'workspace: acme\nreporting:\n  time_zone: UTC\n  currency: eur\n',
      4,
      'reporting.currency is eur; expected an ISO 4217 currency code such as EUR; did you mean EUR?',
    ],
    [`${HEAD}windows:\n  click_days: soon\n`, 4, 'windows.click_days is soon; expected a number'],
    [`${HEAD}privacy:\n  k: 3\n`, 4, 'privacy.k is 3; expected a number of at least 5'],
    [`${HEAD}windows:\n  click_days: -1\n`, 4, 'windows.click_days is -1'],
    [`${HEAD}models:\n  default: positon_based\n`, 4, 'models.default is positon_based; expected one of first_touch'],
    [`${HEAD}models:\n  default: positon_based\n`, 4, 'did you mean position_based?'],
    // it has no credit by order, which every report of credit asks for
    [`${HEAD}models:\n  default: markov\n`, 4, 'models.default is markov; expected one of first_touch'],
    [`${HEAD}sources:\n  - { id: a, decimal_mark: ';' }\n`, 4, 'sources.0.decimal_mark is ;; expected one of ., ,'],
    [`${HEAD}privacy:\n  k: 2\n`, 4, 'privacy.k is 2'],
    [
      `${HEAD}campaigns:\n  - id: spring\n    starts: tomorrow\n`,
      5,
      'campaigns.0.starts is tomorrow; expected a day such as 2026-03-01',
    ],
    ['reporting: { time_zone: UTC, currency: EUR }\n', 1, 'workspace is missing'],
    // what points nowhere, or stands twice
    [
      `${HEAD}campaigns:\n  - id: spring_sale\ncampaign_map:\n  - { campaign: spring_sal, match: utm_campaign, value: x }\n`,
      6,
      'campaign_map.0.campaign is spring_sal, which is not in campaigns; did you mean spring_sale?',
    ],
    [`${HEAD}sources:\n  - id: shop\n  - id: shop\n`, 5, 'sources.1.id shop stands twice; give each its own id'],
    [
      `${HEAD}models:\n  run:\n    - linear\n    - markov\n    - linear\n`,
      7,
      'models.run.2 linear stands twice; list each model once',
    ],
  ])('says line, key, what was expected and what was probably meant: %#', (text, line, message) => {
    const error = refusal(text);
    expect(error.code).toBe('bad_config');
    expect(error.message).toContain(message);
    expect(error.message).toMatch(new RegExp(`^liftproof\\.yaml:${line}: `));
    expect(error.details.line).toBe(line);
  });

  it('names the line of broken YAML', () => {
    const error = refusal(`${HEAD}windows:\n  click_days: [3\nprivacy:\n`);
    expect(error.code).toBe('bad_config');
    expect(error.message).toMatch(/^liftproof\.yaml:[45]: .*mend the YAML there$/);
    expect(refusal(`${HEAD}models: {}\nmodels: {}\n`).message).toBe(
      'liftproof.yaml:4: models stands a second time; put all of it under the first',
    );
  });

  it('refuses an empty file by its first missing key', () => {
    expect(refusal('').message).toMatch(/^liftproof\.yaml:1: .* missing; expected/);
  });

  it('refuses a file that is a list or a word instead of settings', () => {
    for (const text of ['- a\n- b\n', 'hello\n']) expect(refusal(text).code).toBe('bad_config');
  });

  it('says how to make a workspace when there is no file', () => {
    expect(() => readConfig('/nowhere/liftproof.yaml')).toThrow(/not found; run "liftproof init"/);
  });

  it('puts the default model among those that run', () => {
    const runOf = (models: string): string[] => [
      ...parseConfig(`${HEAD}models: ${models}\n`, 'liftproof.yaml').models.run,
    ];
    expect(runOf('{ run: [linear] }')).toEqual(['position_based', 'linear']);
    expect(runOf('{ run: [linear, markov], default: linear }')).toEqual(['linear', 'markov']);
  });
});
