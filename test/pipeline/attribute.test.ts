import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { currencyExponent } from '../../models/numeric/money.ts';
import { random } from '../../models/numeric/random.ts';
import { allocateCredit } from '../../pipeline/attribute.ts';
import { RULE_MODELS } from '../../pipeline/config.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { buildUnder, ingestPlain, order, type PlainRows, together } from '../sql/plain.ts';

const ORDERS = 300;
const CURRENCIES = ['EUR', 'USD', 'GBP', 'CHF', 'JPY', 'KWD'] as const;
const CONFIG = `workspace: six
reporting: { time_zone: Europe/Berlin, currency: EUR }
models: { half_life_days: 3, position: { first: 0.37, middle: 0.21, last: 0.42 } }
`;

/** Orders in six currencies, up to twelve touches before each, refunds in parts, in full and none. */
function market(seed: number): PlainRows {
  const draw = random(seed, 'six');
  const at = (day: number): string => new Date(Date.UTC(2026, 2, 1) + Math.round(day * 86_400_000)).toISOString();
  const sets: PlainRows[] = [
    {
      fx_rate: Array.from({ length: 12 }, (_, week) =>
        (['USD', 'GBP', 'CHF', 'JPY', 'KWD'] as const).map((quote, i) => ({
          rate_date: at(week * 5 - 3).slice(0, 10),
          base: 'EUR',
          quote,
          rate: ([1.08, 0.85, 0.95, 160, 0.33][i] * (0.97 + draw.uniform() * 0.06)).toFixed(6),
        })),
      ).flat(),
    },
  ];
  for (let i = 0; i < ORDERS; i++) {
    const currency = CURRENCIES[i % CURRENCIES.length];
    const digits = currencyExponent(currency);
    const amount = (draw.uniform() * 10 ** (1 + draw.integer(4))).toFixed(digits);
    const day = 5 + draw.uniform() * 40;
    const person = `p${i}@example.com`;
    sets.push(order(`${i}`, at(day), amount, { currency, customer_key: person }));
    sets.push({
      touch: Array.from({ length: draw.integer(13) }, (_, t) => ({
        touch_id: `${i}-${t}`,
        touched_at: at(day - 0.01 - draw.uniform() * 35),
        kind: 'click',
        visitor_key: person,
        landing_query: `utm_source=site${draw.integer(5)}&utm_medium=${['referral', 'social', 'cpc', 'email'][draw.integer(4)]}`,
        has_analytics_consent: 'true',
      })),
    });
    const refunds = draw.integer(3);
    for (let r = 0; r < refunds; r++) {
      const part = refunds === 1 ? Number(amount) : Number(amount) * draw.uniform() * 0.5;
      sets.push({
        money_event: [
          {
            shop_id: 's',
            source_order_id: `${i}`,
            money_event_id: `${i}:r${r}`,
            kind: 'refund',
            occurred_at: at(day + 1 + r),
            amount: (-part).toFixed(digits),
            currency,
          },
        ],
      });
    }
  }
  return together(...sets);
}

describe('splitting what was sold', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(CONFIG);
    await ingestPlain(workspace, market(16));
    await buildUnder(workspace, CONFIG);
  });
  afterAll(() => workspace.close());

  it(`credits of ${ORDERS} orders in six currencies add up to each sale and refund under every model, to the cent`, async () => {
    for (const model of RULE_MODELS) {
      const [row] = await workspace.warehouse.rows<Record<string, string>>(`
        select count(*) as events, count(*) filter (where parts <> revenue_minor) as wrong, sum(parts) as total
        from (
          select event.conversion_id, event.money_event_id, any_value(event.revenue_minor) as revenue_minor, sum(amount.${model}_minor) as parts
          from staging.revenue_event as event
          inner join attribution.amount as amount
            on amount.conversion_id = event.conversion_id and amount.money_event_id = event.money_event_id
          group by all)`);
      expect(Number(row.events)).toBeGreaterThan(ORDERS);
      expect(row.wrong).toBe('0');
    }
  });

  it('each part is less than a cent from its exact share', async () => {
    for (const model of RULE_MODELS) {
      const far = await workspace.warehouse.count(`
        select count(*)
        from attribution.amount as amount
        inner join staging.revenue_event as event
          on event.conversion_id = amount.conversion_id and event.money_event_id = amount.money_event_id
        inner join attribution.credit as credit
          on credit.conversion_id = amount.conversion_id and credit.step = amount.step
        where abs(amount.${model}_minor - event.revenue_minor * credit.${model}) > 1 + abs(event.revenue_minor) * 1e-8`);
      expect(far).toBe(0);
    }
  });

  it('every conversion is credited once: on its first event, in billionths', async () => {
    const sums = RULE_MODELS.map((model) => `min(${model}) as ${model}_low, max(${model}) as ${model}_high`).join(', ');
    const [row] = await workspace.warehouse.rows<Record<string, string>>(`
      select ${sums} from (
        select ${RULE_MODELS.map((model) => `sum(${model}_credit) as ${model}`).join(', ')} from attribution.amount group by conversion_id)`);
    expect(new Set(Object.values(row))).toEqual(new Set(['1000000000']));
    expect(
      await workspace.warehouse.count(
        `select count(*) from attribution.amount where event_kind <> 'sale' and linear_credit <> 0`,
      ),
    ).toBe(0);
  });

  it('orders that nothing touched are in the report as a row of their own, so that totals are whole', async () => {
    const totals = await workspace.warehouse.rows<Record<string, string>>(`
      select model, basis, sum(revenue_gross) as gross, sum(revenue_net) as net, sum(conversions) as conversions
      from report.attribution group by model, basis`);
    const [ledger] = await workspace.warehouse.rows<Record<string, string>>(`
      select sum(revenue_minor) filter (where kind = 'sale') as gross, sum(revenue_minor) as net, count(distinct conversion_id) as conversions
      from staging.revenue_event`);
    expect(totals).toHaveLength(RULE_MODELS.length * 2);
    for (const row of totals) {
      expect(BigInt(row.gross.replace('.', ''))).toBe(BigInt(ledger.gross) * 10n);
      expect(BigInt(row.net.replace('.', ''))).toBe(BigInt(ledger.net) * 10n);
      expect(row.conversions).toBe(`${ledger.conversions}.000000000`);
    }
    expect(
      await workspace.warehouse.count(`select count(*) from report.attribution where channel = '(unattributed)'`),
    ).toBeGreaterThan(0);
  });

  it('a refund in full takes back from every step what the sale gave it', async () => {
    const columns = RULE_MODELS.map((model) => `sum(amount.${model}_minor) <> 0`).join(' or ');
    const full = `select conversion_id from staging.revenue_event group by conversion_id having count(*) = 2 and sum(revenue_minor) = 0`;
    expect(await workspace.warehouse.count(`select count(*) from (${full})`)).toBeGreaterThan(50);
    expect(
      await workspace.warehouse.count(
        `select count(*) from (select 1 from attribution.amount where conversion_id in (${full}) group by conversion_id, step having ${columns.replaceAll('amount.', '')})`,
      ),
    ).toBe(0);
  });

  it('redoing some conversions leaves every row as it was', async () => {
    const { warehouse } = workspace;
    await warehouse.run('create temporary table before as select * from attribution.amount');
    await warehouse.run(
      `create temporary table few as select conversion_id from staging.conversion where hash(conversion_id) % 3 = 0`,
    );
    const redone = await allocateCredit(warehouse, 'temp.few');
    expect(redone).toBeGreaterThan(0);
    expect(
      await warehouse.count(
        'select count(*) from ((select * from attribution.amount except all select * from temp.before) union all (select * from temp.before except all select * from attribution.amount))',
      ),
    ).toBe(0);
  });
});
