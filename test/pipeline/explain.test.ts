import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explainOrder, type OrderExplanation } from '../../pipeline/explain.ts';
import { liftproof } from '../cli/shell.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { buildUnder, ingestPlain, order, together } from '../sql/plain.ts';

const CONFIG = 'workspace: nordlys\nreporting: { time_zone: Europe/Paris, currency: EUR }\n';

const visit = (id: string, at: string, query: string): Record<string, string> => ({
  touch_id: id,
  touched_at: at,
  kind: 'page',
  visitor_key: 'visitor:ana',
  landing_host: 'shop.example',
  landing_query: query,
  has_analytics_consent: 'true',
});

const refund = { shop_id: 's', source_order_id: '7', money_event_id: '7:refund', kind: 'refund', currency: 'EUR' };

describe('an order, explained', () => {
  let workspace: TestWorkspace;
  let told: OrderExplanation;
  beforeAll(async () => {
    workspace = await testWorkspace(CONFIG);
    await ingestPlain(
      workspace,
      together(
        order('7', '2026-03-20T12:00:00Z', '100.00', { customer_key: 'visitor:ana', order_name: '#1007' }),
        order('8', '2026-03-21T12:00:00Z', '10.00'),
        { money_event: [{ ...refund, occurred_at: '2026-04-02T09:00:00Z', amount: '-30.01' }] },
        {
          touch: [
            visit('old', '2026-01-05T08:00:00Z', 'utm_source=instagram&utm_medium=paid_social'),
            visit('advert', '2026-03-10T12:00:00Z', 'utm_source=instagram&utm_medium=paid_social'),
            visit('typed', '2026-03-15T08:00:00Z', ''),
            visit('mail', '2026-03-20T11:30:00Z', 'utm_source=newsletter&utm_medium=email'),
            visit('after', '2026-03-25T08:00:00Z', 'utm_source=newsletter&utm_medium=email'),
          ],
        },
      ),
    );
    await buildUnder(workspace, CONFIG);
    told = await explainOrder(workspace, '#1007');
  });
  afterAll(() => workspace.close());

  it('is found by its name, with and without #, by its id, and by shop and id', async () => {
    expect(told).toMatchObject({ conversion_id: 's:7', order_name: '#1007', matched_by: 'person' });
    for (const id of ['1007', '7', 's:7']) expect(await explainOrder(workspace, id)).toEqual(told);
  });

  it('lists its money by the day of each event, in the reporting time zone', () => {
    expect(told.money.map(({ kind, date, revenue }) => [kind, date, revenue])).toEqual([
      ['sale', '2026-03-20', '100.00'],
      ['refund', '2026-04-02', '-30.01'],
    ]);
  });

  it('shares out what was kept, 69.99, to the cent under each model', () => {
    expect(told.steps.map(({ channel, days_before }) => [channel, days_before])).toEqual([
      ['Paid Social', 10],
      ['Email', 0.021],
    ]);
    const shares = (model: string): string[][] =>
      told.steps.map(({ credit, revenue }) => [credit[model], revenue[model]]);
    expect(shares('first_touch')).toEqual([
      ['1.000000000', '69.99'],
      ['0.000000000', '0.00'],
    ]);
    // 100.00 is 50.00 and 50.00; of 30.01 the earlier step gives back the odd cent
    expect(shares('linear')).toEqual([
      ['0.500000000', '34.99'],
      ['0.500000000', '35.00'],
    ]);
    expect(shares('position_based')).toEqual(shares('linear'));
  });

  it('says of every other touch of the person why it earned nothing', () => {
    expect(told.left_out.map(({ channel, why }) => `${channel}: ${why}`)).toEqual([
      'Paid Social: more than 30 days before the order',
      'direct or unknown visit: something better is there',
      'Email: after the order',
    ]);
  });

  it('says that an order without a touch is credited to nobody', async () => {
    expect(await explainOrder(workspace, '8')).toMatchObject({ matched_by: 'none', steps: [], left_out: [] });
  });

  it('names what to look for when there is no such order', async () => {
    await expect(explainOrder(workspace, '9')).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/^9: no such order .*give its id, its name, or shop:id/),
    });
  });

  it('reads on the shell in the clocks of the shop', async () => {
    workspace.leave();
    const { stdout, code } = await liftproof([
      'explain',
      'order',
      '#1007',
      '--model',
      'linear',
      '-w',
      workspace.directory,
    ]);
    expect(code).toBe(0);
    expect(stdout).toContain('Order #1007 (s:7), 2026-03-20 13:00 Europe/Paris');
    expect(stdout).toMatch(
      /1 {2}2026-03-10 13:00 {2}10\.0 days before +Paid Social.* 50\.0 % of the order, 34\.99 EUR/,
    );
    expect(stdout).toMatch(/2 {2}2026-03-20 12:30 {2}30 min before +Email.* 50\.0 % of the order, 35\.00 EUR/);
    expect(stdout).toContain('Credit, not proof');
  });
});
