import { expect, it } from 'vitest';
import { demoVerdict, demoVerdictText } from '../../cli/demo-verdict.ts';
import { keptBrand } from '../../pipeline/samples.ts';
import { claim, published } from '../pipeline/published-claims.ts';

it('puts every registered study beside the truth, and says where the truth fell outside', async () => {
  const truth = {
    ...keptBrand().truth,
    studies: [
      { id: 'ads', incremental_net_revenue: 4100.4 },
      { id: 'later', incremental_net_revenue: 9000 },
      { id: 'unasked', incremental_net_revenue: 1 },
    ],
    boycott: { id: 'boycott', incremental_net_revenue: -50 },
  };
  const results = await published([
    claim('later', { grade: 'X', word: 'cannot_tell', end_date: '2026-05-30' }),
    claim('ads', { grade: 'A' }),
    claim('unasked', { is_registered: false }),
    claim('boycott', { claim: 'boycott_sales', value: null, value_lo: null, value_hi: null, grade: 'X' }),
    claim('of nobody knows what'),
  ]);
  const verdict = await demoVerdict(results, truth);
  results.close();
  expect(verdict.held_against_truth.map(({ study_id: id, is_inside: inside }) => [id, inside])).toEqual([
    ['ads', true],
    ['boycott', null],
    ['later', false],
  ]);
  const text = demoVerdictText(verdict);
  expect(text).toContain('The truth, known only because the sample is simulated: +4,100 EUR.');
  expect(text).toMatch(/^ads +Yes +A +4,000 +1,000 +7,000 +4,100 +yes$/m);
  expect(text).toMatch(/^later +We cannot tell +X .* 9,000 +NO$/m);
  expect(text).toMatch(/^boycott .* no interval$/m);
});

it('knows the truth of the studies that the sample brand registers', () => {
  const { studies, boycott } = keptBrand().truth;
  expect([...studies, boycott].map(({ id }) => id)).toEqual([
    'sun_care_geo_holdout',
    'barrier_serum_meta_users',
    'boycott',
  ]);
});
