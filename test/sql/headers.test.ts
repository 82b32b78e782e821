import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { attributeModels } from '../../pipeline/attribute-models.ts';
import { sqlSettings } from '../../pipeline/build.ts';
import { runCheck, runChecks, stopOnErrors } from '../../pipeline/judge.ts';
import { buildReports } from '../../pipeline/publish.ts';
import { sqlFile, sqlFiles } from '../../pipeline/sql-files.ts';
import { type ColumnType, STREAM_NAMES, type StreamName, streamOf } from '../../pipeline/streams.ts';
import { parameterNames } from '../../pipeline/warehouse.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { plantLift } from '../pipeline/lift-rows.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from '../pipeline/market.ts';
import { plantMix } from '../pipeline/mix-rows.ts';
import { buildUnder, insertRaw } from './plain.ts';

const FOLDERS = ['staging', 'journey', 'attribution', 'finance', 'report'] as const;

interface Header {
  first: string;
  fields: ReadonlyMap<string, string>;
}

/** The comment that a file opens with: its first line, and its fields, each up to the next. */
function headerOf(sql: string): Header {
  const lines: string[] = [];
  for (const line of sql.split('\n')) {
    if (!line.startsWith('--')) break;
    lines.push(line.slice(2).trim());
  }
  const fields = new Map<string, string>();
  let name = '';
  for (const line of lines) {
    const field = /^(grain|key|units|params|severity):\s*(.*)$/.exec(line);
    if (field) {
      name = field[1];
      fields.set(name, field[2]);
    } else if (name !== '') fields.set(name, `${fields.get(name)} ${line}`);
  }
  return { first: lines[0] ?? '', fields };
}

const namesIn = (text: string | undefined): string[] =>
  [...new Set([...(text ?? '').matchAll(/\$([a-z_]+)/g)].map((match) => match[1]))].sort();

/** A value that its type survives; `turn` tells two observations of one key apart. */
function sampleOf(type: ColumnType, turn: number): string {
  const values: Record<ColumnType, string> = {
    text: 'a',
    person: 'k',
    instant: `2026-02-0${turn + 1}T00:00:00Z`,
    day: '2026-02-01',
    money: `${turn + 1}.50`,
    number: `${turn + 1}`,
    integer: '1',
    rate: '1.5',
    flag: 'false',
    currency: 'EUR',
    list: 'a',
  };
  return values[type];
}

/** Two observations of one row of a stream; columns of the key are the same, or absent where they may be. */
function observedTwice(stream: StreamName, withOptional: boolean): Record<string, string>[] {
  const { columns, key } = streamOf(stream);
  return [0, 1].map((turn) => {
    const row: Record<string, string> = {};
    for (const [column, { type, required }] of Object.entries(columns)) {
      if (!required && key.includes(column) && !withOptional) continue;
      row[column] = sampleOf(type, key.includes(column) ? 0 : turn);
    }
    return row;
  });
}

describe('a relation', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(MARKET_CONFIG);
    await ingestRows(workspace, marketRows(7, 20), 'a');
    for (const stream of STREAM_NAMES) {
      for (const withOptional of [true, false]) await insertRaw(workspace, stream, observedTwice(stream, withOptional));
    }
    await insertRaw(workspace, 'cost', [
      { kind: 'other', cost_date: '2026-02-01', amount: '20', currency: 'EUR' },
      { kind: 'cogs', sku: 'a', amount: '2', currency: 'EUR' },
    ]);
    const sold = await workspace.warehouse.value<string>(
      `select min(source_order_id) from raw.money_event where kind = 'sale' and shop_id = 's'`,
    );
    await insertRaw(workspace, 'ledger_entry', [
      { entry_id: 'booked', entry_date: '2026-02-01', account: 'goods', amount: '1', currency: 'EUR', reference: sold },
    ]);
    await insertRaw(workspace, 'order_line', [
      { shop_id: 's', source_order_id: sold, line_id: '1', sku: 'a', quantity: '2', unit_price: '5' },
    ]);
    await buildUnder(workspace, MARKET_CONFIG);
    await attributeModels(workspace.warehouse, workspace.config);
    await plantMix(workspace.warehouse);
    await plantLift(workspace.warehouse);
    await buildReports(workspace.warehouse, workspace.config);
  });
  afterAll(() => workspace.close());

  for (const folder of FOLDERS) {
    for (const name of sqlFiles(folder)) {
      const relation = `${folder}.${name}`;
      const sql = sqlFile(`${folder}/${name}`);
      const { first, fields } = headerOf(sql);

      it(`${relation} says what it is, its grain and its key`, () => {
        expect(first).toMatch(/^(?:[A-Z]|utm_).*[^:]$/);
        expect(fields.get('grain')).toMatch(/^one row per \S/);
        expect(fields.get('key')).toMatch(/^[a-z_0-9]+(?:, [a-z_0-9]+)*$/);
      });

      it(`${relation} has the key that it says`, async () => {
        const key = fields.get('key');
        expect(
          await workspace.warehouse.count(
            `select count(*) from (select 1 from ${relation} group by ${key} having count(*) > 1)`,
          ),
        ).toBe(0);
      });

      it(`${relation} names the parameters that it uses`, () => {
        expect(namesIn(fields.get('params'))).toEqual([...parameterNames(sql)].sort());
      });
    }
  }

  it('of the market is not empty, so that its key means something', async () => {
    const empty: string[] = [];
    for (const folder of FOLDERS) {
      for (const name of sqlFiles(folder)) {
        if ((await workspace.warehouse.count(`select count(*) from ${folder}.${name}`)) === 0)
          empty.push(`${folder}.${name}`);
      }
    }
    // sequences and times are told only of k persons and more, readers outside of fifty, whom a market this small has not
    expect(empty).toEqual(['report.order_lag', 'report.sequence_effect', 'report.shared_credit']);
  });
});

/** For each check, how to break its rule in a market that keeps it (or that breaks it less). */
const PLANTED: Readonly<Record<string, string>> = {
  amounts_add_up: `update attribution.amount set linear_minor = linear_minor + 1 where conversion_id = (select min(conversion_id) from attribution.amount)`,
  clock_skew: `update staging.touch set touched_at = timestamptz '2027-01-01 00:00:00+00' where touch_id = (select min(touch_id) from staging.touch)`,
  consent_unknown: `update staging.orders set source_id = 'other', has_analytics_consent = null where source_order_id = (select min(source_order_id) from staging.orders)`,
  credit_sums_to_one: `update attribution.amount set time_decay_credit = time_decay_credit - 1 where time_decay_credit > 0`,
  ledger_reconciles: `insert into report.reconciliation (basis, period, side, step, amount, line_count) values ('order_date', '2026-01', 'revenue', 'unexplained', 0.01, 0)`,
  model_credit_adds_up: `insert into result.model_run (model) values ('planted')`,
  order_lines_total: `
    insert into staging.orders (shop_id, source_order_id, gross) values ('s', 'planted', 12);
    insert into staging.order_line (shop_id, source_order_id, line_id, quantity, unit_price) values ('s', 'planted', '1', 2, 5.99)`,
  orders_without_money: `insert into staging.orders (shop_id, source_order_id, system) values ('planted', '1', 'till')`,
  post_credit_adds_up: `delete from result.post_credit where model = 'linear'`,
  refund_within_order: `insert into staging.money_event (shop_id, source_order_id, money_event_id, kind, amount) select shop_id, source_order_id, 'planted', 'refund', -1000000 from staging.orders where source_order_id <> 'a' limit 1`,
  report_totals: `delete from report.attribution where model = 'linear' and basis = 'event_date'`,
  roi_adds_up: `update report.roi set revenue_net = revenue_net + 0.01 where row_type = 'total'`,
  touch_before_conversion: `update journey.step set touched_at = timestamptz '2027-01-01 00:00:00+00' where conversion_id = (select min(conversion_id) from journey.step)`,
  unmapped_campaigns: `insert into report.unmapped (source, campaign, touches) values ('x', 'planted', 1)`,
  unpriced_costs: `insert into staging.cost (kind, order_name, amount, currency) values ('fulfilment', 'nobody', 1, 'EUR')`,
  unpriced_orders: `insert into staging.unpriced_event (conversion_id, money_event_id, currency, conversion_date) values ('c', 'e', 'CHF', date '2026-02-01')`,
  unpriced_spend: `insert into staging.unpriced_spend (platform, currency, spend_date, spend) values ('meta', 'CHF', date '2026-02-01', 1)`,
  untagged_spend: `insert into staging.spend_part (platform, campaign_name, currency, spend) values ('meta', 'planted', 'CHF', 1)`,
};

describe('a check', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(MARKET_CONFIG);
    await ingestRows(workspace, marketRows(7, 20), 'a');
    await insertRaw(workspace, 'order_line', observedTwice('order_line', true));
    await insertRaw(workspace, 'orders', observedTwice('orders', true));
    await buildUnder(workspace, MARKET_CONFIG);
  });
  afterAll(() => workspace.close());

  it('of severity error finds nothing in a market that was built', async () => {
    const results = await runChecks(workspace.warehouse, workspace.config);
    expect(results.map((result) => result.check)).toEqual(sqlFiles('check'));
    expect(results.filter((result) => result.severity === 'error' && result.broken > 0)).toEqual([]);
    expect(() => stopOnErrors(results)).not.toThrow();
  });

  it('is planted here, each of them', () => {
    expect(Object.keys(PLANTED).sort()).toEqual(sqlFiles('check'));
  });

  for (const name of sqlFiles('check')) {
    const sql = sqlFile(`check/${name}`);
    const { first, fields } = headerOf(sql);

    it(`${name} says its rule, its severity, its grain and its parameters`, () => {
      expect(first).toMatch(/^[A-Za-z].{20,}\.$/);
      expect(fields.get('severity')).toMatch(/^(?:error|warn)$/);
      expect(fields.get('grain')).toMatch(/^one row per \S/);
      expect(namesIn(fields.get('params'))).toEqual([...parameterNames(sql)].sort());
    });

    it(`${name} finds what breaks its rule`, async () => {
      const { warehouse, config } = workspace;
      const count = (): Promise<number> => warehouse.count(`select count(*) from (${sql})`, sqlSettings(config));
      const before = await count();
      await warehouse.begin();
      try {
        await warehouse.run(PLANTED[name]);
        expect(await count()).toBeGreaterThan(before);
        const found = await runCheck(warehouse, config, name);
        expect(found.examples.length).toBeGreaterThan(0);
        if (found.severity === 'error') expect(() => stopOnErrors([found])).toThrow(/nothing was published/);
        else expect(() => stopOnErrors([found])).not.toThrow();
      } finally {
        await warehouse.rollback();
      }
    });
  }

  it('finds a report that is empty', async () => {
    const { warehouse, config } = workspace;
    await warehouse.begin();
    try {
      await warehouse.run('delete from report.attribution');
      const found = await runCheck(warehouse, config, 'report_totals');
      expect(found.broken).toBe(12);
    } finally {
      await warehouse.rollback();
    }
  });
});
