import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildWhole } from '../../../../pipeline/build.ts';
import { testWorkspace } from '../../../helpers.ts';
import { addsUp, fixtures, hasFixtures, withRead } from './support.ts';

type Cells = Readonly<Record<string, unknown>>;

const session = (cells: Cells = {}): Record<string, unknown> => ({
  id: 'cs_live_1',
  object: 'checkout.session',
  created: 1772359200,
  livemode: true,
  amount_total: 4200,
  currency: 'eur',
  payment_status: 'paid',
  payment_intent: 'pi_1',
  customer: 'cus_1',
  customer_details: { email: 'Ann@Example.com', address: { country: 'fr', state: '75' } },
  client_reference_id: null,
  metadata: { utm_source: 'ig', utm_medium: 'social', utm_campaign: 'spring', cart: '9', phone: '+33 6 12 34 56 78' },
  ...cells,
});
const VISITOR = '6b1f0c1e-3f0f-4f6a-9a2b-0d8f6f3f2a11';

describe('Stripe checkout sessions', () => {
  it('bring no money: the charge does', async () => {
    await withRead(JSON.stringify(session()), async ({ receipt }) => {
      expect(receipt).toMatchObject({ kind: 'stripe_checkout_json', accepted: 1 });
      expect(Object.keys(receipt.streams).sort()).toEqual(['identity_link', 'touch']);
      addsUp(receipt);
    });
  });

  it('read lists, lines, lone objects and webhook events alike', async () => {
    const other = session({ id: 'cs_live_2', payment_intent: 'pi_2' });
    const event = (object: unknown): unknown => ({
      id: 'evt',
      object: 'event',
      type: 'checkout.session.completed',
      data: { object },
    });
    const texts = [
      JSON.stringify({ object: 'list', has_more: false, data: [session(), other] }),
      JSON.stringify([session(), other]),
      [session(), other].map((one) => JSON.stringify(one)).join('\n'),
      [session(), other].map((one) => JSON.stringify(event(one))).join('\n'),
      `\uFEFF${JSON.stringify([session({ newer_field: 1 }), { ...other, another: [] }], null, 2)}`,
    ];
    const found: unknown[] = [];
    for (const text of texts)
      await withRead(text, async ({ receipt, rows }) => {
        expect(receipt).toMatchObject({ kind: 'stripe_checkout_json', read: 2, accepted: 2 });
        found.push([await rows('touch', 'touch_id'), await rows('identity_link', 'key_a, key_b')]);
      });
    for (const one of found) expect(one).toEqual(found[0]);
  });

  it('carry where the buyer came from: borne by the charge where the payment is expanded, else known by the payment', async () => {
    const expanded = session({ payment_intent: { id: 'pi_1', object: 'payment_intent', latest_charge: 'ch_1' } });
    await withRead(JSON.stringify(expanded), async ({ rows }) => {
      expect(await rows('touch')).toMatchObject([
        {
          touch_id: 'order_landing:stripe:ch_1',
          kind: 'order_landing',
          source_order_id: 'ch_1',
          touched_at: '2026-03-01T10:00:00Z',
          utm_source_raw: 'ig',
          utm_campaign_raw: 'spring',
          country: 'FR',
        },
      ]);
    });
    const deeper = session({ payment_intent: { id: 'pi_1', latest_charge: { id: 'ch_1', object: 'charge' } } });
    await withRead(JSON.stringify(deeper), async ({ rows }) => {
      expect(await rows('touch')).toMatchObject([{ source_order_id: 'ch_1' }]);
    });
    await withRead(JSON.stringify(session()), async ({ rows, workspace }) => {
      const key = await workspace.warehouse.value<string>(`select person_key('order', 'stripe:pi_1')`);
      expect(await rows('touch')).toMatchObject([{ touch_id: 'checkout:cs_live_1', kind: 'page', visitor_key: key }]);
      expect((await rows('touch'))[0]).not.toHaveProperty('source_order_id');
    });
  });

  it('keep nothing personal, and no value of metadata that says nothing of marketing', async () => {
    await withRead(JSON.stringify(session()), async ({ rows }) => {
      const text = JSON.stringify([await rows('touch'), await rows('identity_link')]).toLowerCase();
      for (const secret of ['ann@example.com', 'cus_1', '612', 'cart']) expect(text).not.toContain(secret);
    });
  });

  it('take a reference for a visitor only where it has the shape of one', async () => {
    const links = async (reference: string): Promise<number> => {
      let count = 0;
      await withRead(JSON.stringify(session({ client_reference_id: reference })), async ({ rows, workspace }) => {
        const key = await workspace.warehouse.value<string>(`select person_key('visitor', $id)`, { id: reference });
        count = (await rows('identity_link')).filter((link) => link.key_a === key).length;
      });
      return count;
    };
    expect(await links(VISITOR)).toBe(1);
    expect(await links('1418143823.1643992155')).toBe(1);
    expect(await links('42')).toBe(0);
    expect(await links('cart-2026-0042')).toBe(0);
  });

  it('of test mode, without a payment or without a source of their own say nothing', async () => {
    const cases = [
      session({ livemode: false }),
      session({ payment_intent: null }),
      session({ metadata: {} }),
      session({ metadata: null }),
    ];
    for (const one of cases)
      await withRead(JSON.stringify(one), async ({ receipt, rows }) => {
        expect(receipt).toMatchObject({ accepted: 1, rejected: 0 });
        expect(await rows('touch')).toEqual([]);
      });
  });

  it('reject a session whose time is none', async () => {
    await withRead(
      [session({ created: 'soon' }), session({ id: 'cs_live_3' })].map((one) => JSON.stringify(one)).join('\n'),
      async ({ receipt }) => {
        expect(receipt).toMatchObject({ read: 2, accepted: 1, rejected: 1 });
        expect(receipt.rejects[0]).toMatchObject({ line: 1 });
      },
    );
  });

  it('meet the charge of their payment, in the file or in another, earlier or later', async () => {
    const charge = {
      id: 'ch_9',
      object: 'charge',
      amount: 4200,
      created: 1772362800,
      currency: 'eur',
      status: 'succeeded',
      captured: true,
      livemode: true,
      payment_intent: 'pi_1',
      billing_details: { email: 'ann@example.com' },
      metadata: {},
    };
    const workspace = await testWorkspace(
      'workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\nsources:\n  - { id: billing, platform: stripe, consent: granted, legal_basis: contract }\n',
    );
    try {
      const visit = {
        type: 'page',
        messageId: 'm1',
        anonymousId: VISITOR,
        timestamp: '2026-02-27T10:00:00Z',
        properties: { url: 'https://shop.example/?utm_source=tiktok&utm_medium=social' },
        context: { consent: { categoryPreferences: { analytics: true } } },
      };
      await workspace.ingestText(JSON.stringify(session({ client_reference_id: VISITOR })));
      await workspace.ingestText(JSON.stringify({ batch: [visit] }), { options: { consent: 'granted' } });
      await workspace.ingestText(JSON.stringify(charge));
      expect((await workspace.ingestText(JSON.stringify(charge))).state).toBe('already_loaded');
      await buildWhole(workspace.warehouse, workspace.config);
      const steps = await workspace.warehouse.rows(
        `select conversion_id, touch_id, matched_by from journey.step where touch_id is not null order by touched_at`,
      );
      expect(steps).toMatchObject([
        { conversion_id: 'billing:ch_9', touch_id: expect.stringContaining('m1'), matched_by: 'person' },
        { conversion_id: 'billing:ch_9', touch_id: 'checkout:cs_live_1', matched_by: 'person' },
      ]);
    } finally {
      workspace.close();
    }
  });
});

describe.skipIf(!hasFixtures)('Stripe checkout sessions, fixture', () => {
  it('is one of test mode, which says nothing', async () => {
    const objects = JSON.parse(readFileSync(new URL('stripe/openapi_fixtures_subset.json', fixtures), 'utf8'));
    await withRead(JSON.stringify(objects['checkout.session']), async ({ receipt }) => {
      expect(receipt).toMatchObject({ kind: 'stripe_checkout_json', read: 1, accepted: 1 });
      expect(receipt.streams).toEqual({ touch: 0, identity_link: 0 });
    });
  });
});
