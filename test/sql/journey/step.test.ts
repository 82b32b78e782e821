import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestWorkspace, testWorkspace } from '../../helpers.ts';
import { buildUnder, ingestPlain, order, type PlainRows, together } from '../plain.ts';

const SOCIAL = 'utm_source=x&utm_medium=post';
const DIRECT = 'utm_source=(direct)&utm_medium=(none)';

/** A visit of a person who is known by e-mail; consent given unless told otherwise. */
function touch(
  person: string,
  id: string,
  at: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    touch_id: `${person}-${id}`,
    touched_at: at,
    kind: 'page',
    visitor_key: `${person}@example.com`,
    landing_query: SOCIAL,
    has_analytics_consent: 'true',
    ...more,
  };
}

function buys(person: string, id: string, at: string, more: Readonly<Record<string, string>> = {}): PlainRows {
  return order(`${person}-${id}`, at, '10.00', { customer_key: `${person}@example.com`, ...more });
}

const MARCH = (day: number, time = '00:00:00'): string => `2026-03-${String(day).padStart(2, '0')}T${time}Z`;

const ROWS = together(
  // window: the order is at noon of 31 March
  buys('window', 'o', MARCH(31, '12:00:00')),
  {
    touch: [
      touch('window', '1-too-old', MARCH(1, '11:59:59.999999')),
      touch('window', '2-oldest', MARCH(1, '12:00:00')),
      touch('window', '3-newest', MARCH(31, '11:59:59.999999')),
      touch('window', '4-same-instant', MARCH(31, '12:00:00')),
    ],
  },
  // an offset is an instant, not another day
  buys('zone', 'o', '2026-03-31T12:00:00+02:00'),
  { touch: [touch('zone', 'in', '2026-03-31T11:59:59+02:00'), touch('zone', 'out', '2026-03-31T10:00:00Z')] },
  buys('cycle', 'o1', MARCH(5)),
  buys('cycle', 'o2', MARCH(10)),
  { touch: [touch('cycle', 't1', MARCH(1)), touch('cycle', 't2', MARCH(6)), touch('cycle', 't3', MARCH(11))] },
  buys('twice', 'o1', MARCH(5)),
  buys('twice', 'o2', MARCH(5)),
  { touch: [touch('twice', 't1', MARCH(1)), touch('twice', 't2', MARCH(2))] },
  buys('tie', 'o', MARCH(5)),
  { touch: [touch('tie', 'b', MARCH(1)), touch('tie', 'a', MARCH(1)), touch('tie', 'c', MARCH(1))] },
  buys('kinds', 'o', MARCH(6)),
  {
    touch: [touch('kinds', 't1', MARCH(3)), touch('kinds', 't2', MARCH(5))],
    conversion: [
      {
        conversion_id: 'lead-1',
        kind: 'lead',
        converted_at: MARCH(4),
        customer_key: 'kinds@example.com',
        has_analytics_consent: 'true',
        revenue: '',
        currency: '',
      },
      {
        conversion_id: 'lead-silent',
        kind: 'lead',
        converted_at: MARCH(4),
        customer_key: 'kinds@example.com',
        has_analytics_consent: '',
        revenue: '',
        currency: '',
      },
    ],
  },
  buys('views', 'o', MARCH(20)),
  {
    touch: [
      touch('views', '1-liked-too-early', '2026-03-12T23:59:59.999999Z', { kind: 'engagement' }),
      touch('views', '2-liked', MARCH(13), { kind: 'engagement' }),
      touch('views', '3-seen-too-early', '2026-03-17T23:59:59.999999Z', { kind: 'impression' }),
      touch('views', '4-seen', MARCH(18), { kind: 'impression' }),
    ],
  },
  buys('direct', 'o', MARCH(5)),
  {
    touch: [
      touch('direct', '1', MARCH(1)),
      touch('direct', '2', MARCH(2), { landing_query: DIRECT }),
      touch('direct', '3', MARCH(3), { landing_query: '' }),
    ],
  },
  buys('onlydirect', 'o', MARCH(5)),
  { touch: [touch('onlydirect', '1', MARCH(2), { landing_query: DIRECT })] },
  // met only by a direct visit, but the order itself knows more
  buys('directborne', 'o', MARCH(5)),
  {
    touch: [
      touch('directborne', '1', MARCH(2), { landing_query: DIRECT }),
      borne('directborne', 'landing', MARCH(5), SOCIAL),
    ],
  },
  // both say direct: the person is the stronger
  buys('bothdirect', 'o', MARCH(5)),
  {
    touch: [
      touch('bothdirect', '1', MARCH(2), { landing_query: DIRECT }),
      borne('bothdirect', 'landing', MARCH(5), DIRECT),
    ],
  },
  buys('excluded', 'o', MARCH(5)),
  {
    touch: [
      touch('excluded', '1-kept', MARCH(1)),
      touch('excluded', '2-bot', MARCH(2), { is_bot: 'true' }),
      touch('excluded', '3-inside', MARCH(3), { referrer_host: 'shop.example', landing_host: 'shop.example' }),
      touch('excluded', '4-payment', MARCH(4), { referrer_host: 'checkout.stripe.com', landing_query: '' }),
      touch('excluded', '5-spam', MARCH(4), { referrer_host: 'zvooq.eu' }),
    ],
  },
  buys('early', 'o', MARCH(1)),
  { touch: [touch('early', 't', MARCH(2)), borne('early', 'late-landing', MARCH(2), SOCIAL)] },
  // consent that nobody gave
  buys('silent', 'o', MARCH(5)),
  {
    touch: [
      touch('silent', '1-unknown', MARCH(1), { has_analytics_consent: '' }),
      touch('silent', '2-denied', MARCH(1), { has_analytics_consent: 'false' }),
    ],
  },
  buys('secret', 'o1', MARCH(5), { has_analytics_consent: '' }),
  buys('secret', 'o2', MARCH(6), { has_analytics_consent: 'false' }),
  {
    touch: [
      touch('secret', 't', MARCH(1)),
      borne('secret', 'landing', MARCH(6), SOCIAL, 'o2', { has_analytics_consent: '' }),
    ],
  },
  buys('again', 'o', MARCH(5), { is_first_order: 'false' }),
  buys('tester', 'o', MARCH(5), { is_test: 'true' }),
  {
    orders: buys('unpaid', 'o', MARCH(5), { financial_status: 'pending' }).orders,
    touch: [touch('unpaid', 't', MARCH(1)), touch('tester', 't', MARCH(1))],
  },
  // two visits that no order followed, further apart than the window
  {
    touch: [
      touch('lost', 't1', '2026-01-01T00:00:00Z'),
      touch('lost', 't2', '2026-01-31T00:00:00Z'),
      touch('lost', 't3', '2026-03-03T00:00:00Z'),
    ],
  },
  buys('late', 'o', MARCH(5)),
  { touch: [touch('late', 't', MARCH(1), { visitor_key: 'visitor:late' })] },
);

/** What the order itself carries. */
function borne(
  person: string,
  id: string,
  at: string,
  query: string,
  of = 'o',
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { visitor_key: _, ...rest } = touch(person, id, at, { kind: 'order_landing', landing_query: query, ...more });
  return { ...rest, shop_id: 's', source_order_id: `${person}-${of}` };
}

function config(lines = ''): string {
  return `workspace: steps\nreporting: { time_zone: UTC, currency: EUR }\nshop_hosts: [shop.example]\n${lines}\n`;
}

type Journeys = Record<string, string[]>;

describe('journeys', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(config());
    await ingestPlain(workspace, ROWS);
  });
  afterAll(() => workspace.close());

  /** Touch ids by conversion, without the name of the person. */
  async function journeys(): Promise<Journeys> {
    const rows = await workspace.warehouse.rows<{ conversion_id: string; touches: string[] }>(`
      select conversion.conversion_id, list(split_part(step.touch_id, '-', 2) || case when split_part(step.touch_id, '-', 3) = '' then '' else '-' || array_to_string(string_split(step.touch_id, '-')[3:], '-') end order by step.step) filter (where step.touch_id is not null) as touches
      from staging.conversion as conversion
      left join journey.step as step on step.conversion_id = conversion.conversion_id
      group by conversion.conversion_id`);
    return Object.fromEntries(rows.map((row) => [row.conversion_id.replace(/^s:/, ''), row.touches ?? []]));
  }

  async function weights(model: string, conversion: string): Promise<number[]> {
    const rows = await workspace.warehouse.rows<{ weight: number }>(
      `select ${model} as weight from attribution.credit where conversion_id = $conversion order by step`,
      { conversion: `s:${conversion}` },
    );
    return rows.map((row) => row.weight);
  }

  describe('by default', () => {
    let of: Journeys;
    beforeAll(async () => {
      await buildUnder(workspace, config());
      of = await journeys();
    });

    it('a touch exactly 30 days before counts, one a microsecond older does not, one at the instant of the order does not', () => {
      expect(of['window-o']).toEqual(['2-oldest', '3-newest']);
    });
    it('instants are compared, whatever offset they are written in', () => expect(of['zone-o']).toEqual(['in']));
    it('a journey starts anew after a conversion', () => {
      expect(of['cycle-o1']).toEqual(['t1']);
      expect(of['cycle-o2']).toEqual(['t2']);
    });
    it('two orders in one second have the same journey', () => {
      expect(of['twice-o1']).toEqual(['t1', 't2']);
      expect(of['twice-o2']).toEqual(['t1', 't2']);
    });
    it('touches of one instant stand in the order of their ids', () => expect(of['tie-o']).toEqual(['a', 'b', 'c']));
    it('a kind of conversion that is not configured neither counts nor ends a journey', () => {
      expect(of['lead-1']).toBeUndefined();
      expect(of['kinds-o']).toEqual(['t1', 't2']);
    });
    it('impressions do not count, engagements count for their seven days', () =>
      expect(of['views-o']).toEqual(['2-liked']));
    it('direct and unknown visits stand aside when anything better is there', () =>
      expect(of['direct-o']).toEqual(['1']));
    it('direct visits keep the credit when there is nothing else', () => expect(of['onlydirect-o']).toEqual(['1']));
    it('an order that knows its source outranks a person who came directly', async () => {
      expect(of['directborne-o']).toEqual(['landing']);
      expect(of['bothdirect-o']).toEqual(['1']);
    });
    it('what is excluded is out before weights are given', async () => {
      expect(of['excluded-o']).toEqual(['1-kept']);
      expect(await weights('linear', 'excluded-o')).toEqual([1]);
    });
    it('a touch after its order earns nothing, not even when the order names it', () =>
      expect(of['early-o']).toEqual([]));
    it('without a yes to analytics neither a touch nor an order is linked to a person', () => {
      expect(of['silent-o']).toEqual([]);
      expect(of['secret-o1']).toEqual([]);
    });
    it("an order's own source needs no link", () => expect(of['secret-o2']).toEqual(['landing']));
    it('test orders and orders that nobody paid for do not count', () => {
      expect(of['tester-o']).toBeUndefined();
      expect(of['unpaid-o']).toBeUndefined();
    });

    it('the first order of a person is new, unless the shop says otherwise; of nobody known it is unknown', async () => {
      const rows = await workspace.warehouse.rows<{ id: string; customer_type: string }>(
        `select source_order_id as id, customer_type from staging.conversion`,
      );
      const type = Object.fromEntries(rows.map((row) => [row.id, row.customer_type]));
      expect(type).toMatchObject({
        'cycle-o1': 'new',
        'cycle-o2': 'returning',
        'twice-o1': 'new',
        'twice-o2': 'returning',
        'again-o': 'returning',
        'secret-o1': 'unknown',
      });
    });

    it('touches that no order followed are journeys that did not convert, parted at pauses longer than the window', async () => {
      const rows = await workspace.warehouse.rows<{ touches: string; person: string }>(`
        select len(journey.channels) as touches, min(split_part(touch.touch_id, '-', 1)) as person
        from journey.journey as journey
        inner join staging.touch as touch on touch.person_id = journey.person_id
        where not journey.is_converted and split_part(touch.touch_id, '-', 1) in ('lost', 'cycle', 'early')
        group by journey.person_id, journey.journey_no, journey.channels
        order by person, journey.journey_no`);
      expect(rows.map((row) => [row.person, Number(row.touches)])).toEqual([
        ['cycle', 1],
        ['early', 1],
        ['lost', 2],
        ['lost', 1],
      ]);
    });

    it('a link that arrives late joins what was there before it', async () => {
      expect(of['late-o']).toEqual([]);
      await ingestPlain(workspace, {
        identity_link: [{ key_a: 'visitor:late', key_b: 'late@example.com', kind: 'user_id' }],
      });
      await buildUnder(workspace, config());
      expect((await journeys())['late-o']).toEqual(['t']);
    });
  });

  describe('with overlapping windows, leads, impressions of two days and direct kept', () => {
    let of: Journeys;
    beforeAll(async () => {
      await buildUnder(
        workspace,
        config(`journeys: { repeat: overlapping, conversions: [order, lead] }
windows: { view_days: 2 }
exclusions: { direct: keep, bots: false, test_orders: false }`),
      );
      of = await journeys();
    });

    it('a touch counts for every conversion whose window holds it', () => {
      expect(of['cycle-o1']).toEqual(['t1']);
      expect(of['cycle-o2']).toEqual(['t1', 't2']);
    });
    it('the instant of an order is outside its window here too', () =>
      expect(of['window-o']).toEqual(['2-oldest', '3-newest']));
    it('a lead has a journey of its own and leaves that of the order whole', () => {
      expect(of['lead-1']).toEqual(['t1']);
      expect(of['kinds-o']).toEqual(['t1', 't2']);
    });
    it('a lead without a yes to analytics is linked to no person', () => expect(of['lead-silent']).toEqual([]));
    it('an impression exactly two days before counts', () => expect(of['views-o']).toEqual(['2-liked', '4-seen']));
    it('direct and unknown visits are steps like any other, and only last_non_direct passes them by', async () => {
      expect(of['direct-o']).toEqual(['1', '2', '3']);
      expect(await weights('last_touch', 'direct-o')).toEqual([0, 0, 1]);
      expect(await weights('last_non_direct', 'direct-o')).toEqual([1, 0, 0]);
      expect(await weights('last_non_direct', 'onlydirect-o')).toEqual([1]);
    });
    it('bots and test orders count when the configuration lets them', () => {
      expect(of['excluded-o']).toEqual(['1-kept', '2-bot']);
      expect(of['tester-o']).toEqual(['t']);
    });
  });

  describe('with cycles per kind and direct excluded', () => {
    let of: Journeys;
    beforeAll(async () => {
      await buildUnder(workspace, config(`journeys: { conversions: [order, lead] }\nexclusions: { direct: exclude }`));
      of = await journeys();
    });

    it('a lead does not end the journey of an order', () => {
      expect(of['lead-1']).toEqual(['t1']);
      expect(of['kinds-o']).toEqual(['t1', 't2']);
    });
    it('an order that was met only by direct visits is unattributed', () => {
      expect(of['onlydirect-o']).toEqual([]);
      expect(of['bothdirect-o']).toEqual([]);
      expect(of['direct-o']).toEqual(['1']);
    });
  });
});
