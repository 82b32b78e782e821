import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { InputError } from '../../models/errors.ts';
import { answerQuestion, headlineOf } from '../../pipeline/answer.ts';
import type { Results } from '../../pipeline/results.ts';
import { readStudies } from '../../pipeline/views/read-studies.ts';
import { claim, MANY, published } from './published-claims.ts';

describe('the answer', () => {
  let results: Results;
  beforeAll(async () => {
    results = await published(MANY);
  });
  afterAll(() => results?.close());

  it('has the most direct registered and measured claim as its headline, whatever else looks better', async () => {
    const answer = await answerQuestion(results);
    expect(answer.headline).toMatchObject({ study_id: 'schedule', claim: 'posting_sales', grade: 'X' });
    expect(answer).toMatchObject({ word: 'cannot_tell', grade: 'X', scope: null, looked_at: 3 });
    const studies = await readStudies(results);
    const without = (...claims: string[]) => headlineOf(studies.filter(({ claim: one }) => !claims.includes(one)))?.id;
    expect(without('posting_sales')).toBe('schedule:engagement_sales');
    // measured before unmeasured, then the later one
    expect(without('posting_sales', 'engagement_sales')).toBe('ads');
    expect(without('posting_sales', 'engagement_sales', 'spend_sales')).toBeUndefined();
  });

  it('keeps the three claims apart, and names readings that nobody registered without making them the answer', async () => {
    const { claims, unregistered } = await answerQuestion(results);
    expect(claims.map(({ claim: name, answers }) => [name, answers.map(({ study_id: id }) => id)])).toEqual([
      ['posting_engagement', ['schedule:posting_engagement']],
      ['posting_sales', ['schedule']],
      ['engagement_sales', ['schedule:engagement_sales']],
      ['spend_sales', ['strong_ads', 'ads', 'old_ads']],
    ]);
    expect(unregistered.map(({ study_id: id }) => id)).toEqual(['campaign:lena']);
  });

  it('puts the primary estimate beside the spread of the others, and says what spoke against it', async () => {
    const { headline } = await answerQuestion(results, { study: 'ads' });
    expect(headline).toMatchObject({
      method: 'sc',
      estimate: { value: 4000, lo: 1000, hi: 7000, level: 0.9, p_value: 0.02, kind: 'confidence', grade: 'B' },
      spread: { lo: 3000, median: 4000, hi: 5000 },
      spend: '1500.50',
      break_even: '2500.00',
      iroas: { value: 2.67, lo: 0.67, hi: 4.67, level: 0.9 },
      incrementality_factor: { value: 0.5, lo: 0.1, hi: 0.9, level: 0.9 },
      minimum_detectable_effect: 2800,
    });
    expect(headline!.spread!.methods.map(({ method, value }) => [method, value])).toEqual([
      ['ascm', null],
      ['did', 5000],
      ['sdid', 3000],
    ]);
    expect(headline!.gates.against.map(({ number }) => number)).toEqual([12, 15]);
    expect(headline!.gates.all).toHaveLength(3);
  });

  it('asks by channel, by the campaigns that ran on it, by window and by study', async () => {
    const ids = async (options: Parameters<typeof answerQuestion>[1]) => {
      const { claims, unregistered } = await answerQuestion(results, options);
      return [...claims.flatMap(({ answers }) => answers), ...unregistered].map(({ study_id: id }) => id);
    };
    expect(await ids({ channel: 'paid social' })).toEqual(['strong_ads', 'ads', 'old_ads']);
    expect(await ids({ channel: 'organic social' })).toEqual([
      'schedule:posting_engagement',
      'schedule',
      'schedule:engagement_sales',
    ]);
    expect(await ids({ to: '2026-03-31' })).toEqual(['old_ads']);
    expect((await answerQuestion(results, { study: 'lena' })).headline).toMatchObject({
      is_registered: false,
      grade: 'C',
    });
    expect((await answerQuestion(results, { channel: 'Paid Social' })).scope).toMatch(/not about posting/);
  });

  it('refuses what the run does not know, with the nearest name', async () => {
    const code = async (options: Parameters<typeof answerQuestion>[1]) =>
      answerQuestion(results, options).then(
        () => null,
        (error: InputError) => [error.code, error.message],
      );
    expect(await code({ study: 'schedul' })).toEqual([
      'not_found',
      'the run has no study schedul; did you mean schedule?',
    ]);
    expect(await code({ channel: 'Paid Socia' })).toEqual([
      'unknown_name',
      'channel is Paid Socia, and the run has no such channel or campaign; did you mean Paid Social?',
    ]);
    expect(await code({ from: '2026-05-01', to: '2026-04-01' })).toMatchObject(['usage', expect.any(String)]);
  });

  it('cannot tell where nothing was registered, and says what would settle it', async () => {
    const bare = await published([
      claim('campaign:lena', { is_registered: false, study: 'lena', claim: 'posting_sales' }),
    ]);
    const answer = await answerQuestion(bare);
    expect(answer).toMatchObject({ word: 'cannot_tell', grade: 'X', headline: null, pays_sentence: null });
    expect(answer.sentence).toMatch(/^We cannot tell\. No question on sales was registered\./);
    expect(answer.next_test).toMatch(/liftproof plan posting/);
    expect(answer.claims.map(({ missing }) => missing)).toEqual(Array(3).fill(expect.stringContaining('Nobody asked')));
    expect(answer.unregistered).toHaveLength(1);
    const filtered = await answerQuestion(results, { channel: 'autumn', from: '2026-05-01' });
    expect(filtered.sentence).toContain('about autumn between 2026-05-01 and now (5 elsewhere');
  });

  it('cannot tell from a run that measured no studies', async () => {
    const old = await published([], []);
    expect((await answerQuestion(old)).sentence).toContain('measured no studies');
  });
});
