import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../pipeline/config.ts';
import { daysBetween, methodOf, outcomeOf } from '../../pipeline/config-studies.ts';

const HEAD = `workspace: acme
reporting: { time_zone: Europe/Paris, currency: EUR }
campaigns: [{ id: spring_launch }]
studies:
`;
const WINDOW = 'start: 2026-03-01, end: 2026-03-28';

function refusal(text: string): { code: string; message: string } {
  try {
    parseConfig(HEAD + text, 'liftproof.yaml');
  } catch (cause) {
    return cause as ReturnType<typeof refusal>;
  }
  throw new Error('was accepted');
}

describe('studies:', () => {
  it('need an id, a kind, a question and a window; the rest has defaults', () => {
    const [study] = parseConfig(`${HEAD}  - { id: a, kind: geo, question: spend_sales, ${WINDOW} }`, 'x').studies;
    expect(study).toMatchObject({ level: 0.9, pre_days: 180, treated: [], because_sales_moved: false });
    expect(outcomeOf(study)).toBe('revenue_net');
    expect(methodOf(study)).toBe('sc');
    expect(daysBetween(study.start, study.end)).toBe(28);
  });

  it('take days with and without quotes', () => {
    const [study] = parseConfig(
      `${HEAD}  - { id: a, kind: users, question: posting_engagement, start: '2026-03-01', end: 2026-03-02, outcome: sessions }`,
      'x',
    ).studies;
    expect([study.start, study.end]).toEqual(['2026-03-01', '2026-03-02']);
    expect(methodOf(study)).toBe('itt');
  });

  it('choose the method by kind, pairs and treated geos', () => {
    const of = (text: string): string =>
      methodOf(parseConfig(`${HEAD}  - { id: a, ${text}, ${WINDOW} }`, 'x').studies[0]);
    expect(of('kind: geo, question: spend_sales, pairs: [[A, B], [C, D]]')).toBe('paired');
    expect(of('kind: boycott, question: boycott_sales')).toBe('bsts');
    expect(of('kind: boycott, question: boycott_sales, treated: [A]')).toBe('sc');
    expect(of('kind: posting, question: posting_sales, block_days: 7')).toBe('switchback');
  });

  it.each([
    // keys and values, as everywhere: line, key, what was expected, what was probably meant
    [
      '  - id: a\n    kind: geo\n    questoin: spend_sales\n',
      7,
      'questoin is not a setting in studies.0; did you mean question?',
    ],
    [
      '  - id: a\n    kind: geos\n',
      6,
      'studies.0.kind is geos; expected one of geo, users, posting, campaign, boycott; did you mean geo?',
    ],
    ['  - id: a\n    kind: geo\n    question: spend_sale\n', 7, 'did you mean spend_sales?'],
    [
      '  - id: a\n    kind: geo\n    question: spend_sales\n    start: soon\n',
      8,
      'studies.0.start is soon; expected a day such as 2026-03-01',
    ],
    [
      '  - id: a\n    kind: geo\n    question: spend_sales\n    start: 2026-03-01\n',
      5,
      'studies.0.end is missing; expected a day',
    ],
    [`  - { id: a, kind: geo, question: spend_sales, ${WINDOW}, level: 90 }`, 5, 'studies.0.level is 90'],
    // what no key alone can see
    [
      '  - id: a\n    kind: geo\n    question: spend_sales\n    start: 2026-03-02\n    end: 2026-03-01\n',
      9,
      'studies.0.end is 2026-03-01; expected a day from 2026-03-02',
    ],
    [
      `  - { id: a, kind: geo, question: spend_sales, ${WINDOW} }\n  - { id: a, kind: geo, question: spend_sales, ${WINDOW} }`,
      6,
      'a stands twice',
    ],
    [
      `  - { id: a, kind: geo, question: spend_sales, ${WINDOW}, campaigns: [spring_lunch] }`,
      5,
      'spring_lunch, which is not in campaigns; did you mean spring_launch?',
    ],
    [
      `  - { id: a, kind: users, question: spend_sales, ${WINDOW}, method: sc }`,
      5,
      'studies.0.method is sc; expected one of itt, cuped, late for kind users',
    ],
    [
      `  - { id: a, kind: geo, question: engagement_sales, ${WINDOW} }`,
      5,
      'only a randomised schedule tells what an engagement is worth',
    ],
    [
      `  - { id: a, kind: geo, question: posting_engagement, outcome: orders, ${WINDOW} }`,
      5,
      'studies.0.outcome is orders; expected engagements or sessions',
    ],
    [
      `  - { id: a, kind: boycott, question: spend_sales, ${WINDOW} }`,
      5,
      'studies.0.question is spend_sales; expected boycott_sales',
    ],
    [`  - { id: a, kind: campaign, question: posting_sales, ${WINDOW} }`, 5, 'studies.0.campaigns is missing'],
    [`  - { id: a, kind: posting, question: posting_sales, ${WINDOW} }`, 5, 'studies.0.block_days is missing'],
    [
      `  - { id: a, kind: campaign, question: posting_sales, campaigns: [spring_launch], treated: [A], ${WINDOW} }`,
      5,
      'studies.0.treated is set; expected kind geo',
    ],
    [
      `  - { id: a, kind: posting, question: posting_sales, block_days: 5, ${WINDOW} }`,
      5,
      'studies.0.end makes 28 days; expected an even number of blocks of 5 days',
    ],
    [
      `  - { id: a, kind: posting, question: posting_sales, block_days: 7, washout_days: 7, ${WINDOW} }`,
      5,
      'studies.0.washout_days is 7',
    ],
    [
      `  - { id: a, kind: geo, question: spend_sales, method: paired, ${WINDOW} }`,
      5,
      'studies.0.method is paired; expected two pairs or more',
    ],
    [
      `  - { id: a, kind: geo, question: spend_sales, treated: [A], excluded: [A], ${WINDOW} }`,
      5,
      'studies.0.excluded names A, which is treated',
    ],
    [
      `  - { id: a, kind: geo, question: spend_sales, method: sc, treated: [A, B], starts: { B: 2026-09-03 }, ${WINDOW} }`,
      5,
      'studies.0.starts is set; expected method sdid or callaway_santanna',
    ],
    [
      `  - { id: a, kind: geo, question: spend_sales, treated: [A], method: callaway_santanna, ${WINDOW} }`,
      5,
      'studies.0.method is callaway_santanna; expected starts',
    ],
    [
      `  - { id: a, kind: geo, question: spend_sales, treated: [A], starts: { B: 2026-09-03 }, ${WINDOW} }`,
      5,
      'studies.0.starts names B, which is not in treated',
    ],
    [
      `  - { id: a, kind: geo, question: spend_sales, treated: [A, B], starts: { B: 2027-09-03 }, ${WINDOW} }`,
      5,
      'studies.0.starts says 2027-09-03 for B',
    ],
    [
      `  - { id: a, kind: users, question: spend_sales, neighbours: [A], ${WINDOW} }`,
      5,
      'studies.0.neighbours is set; expected a study that treats some geos',
    ],
    [
      `  - { id: a, kind: geo, question: spend_sales, treated: [A], neighbours: [A], ${WINDOW} }`,
      5,
      'studies.0.neighbours names A, which is treated',
    ],
    [
      `  - { id: a, kind: geo, question: spend_sales, treated: [A], always_valid: true, planned_users: 9, ${WINDOW} }`,
      5,
      'studies.0.always_valid is true; expected kind users',
    ],
    [
      `  - { id: a, kind: users, question: spend_sales, always_valid: true, ${WINDOW} }`,
      5,
      'studies.0.planned_users is missing',
    ],
  ])('that are wrong are named with their line: %#', (text, line, message) => {
    const error = refusal(text);
    expect(error.code).toBe('bad_config');
    expect(error.message).toContain(message);
    expect(error.message).toMatch(new RegExp(`^liftproof\\.yaml:${line}: `));
  });
});
