import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildWhole } from '../../../pipeline/build.ts';
import { sqlFile } from '../../../pipeline/sql-files.ts';
import { type TestWorkspace, testWorkspace } from '../../helpers.ts';
import { rowsOf, withRead } from './commerce/support.ts';
import { csvVariants } from './variants.ts';

/** The same instant may be written in more than one way. */
const instant = (text: string): string => new Date(text).toISOString();

describe('plain CSV', () => {
  it('reads FX rates, and rejects a rate that is not one instead of taking it for 1', async () => {
    const text =
      'rate_date,base,quote,rate,source\n2026-03-01,usd,EUR,0.9208,ECB\n2026-03-02,USD,EUR,,ECB\n2026-03-03,USD,EURO,0.9,ECB\n';
    await withRead(text, async ({ receipt, rows }) => {
      expect(receipt).toMatchObject({ kind: 'plain_fx_rate', read: 3, accepted: 1, rejected: 2 });
      expect(receipt.rejects.map((reject) => [reject.line, reject.column])).toEqual([
        [3, 'rate'],
        [4, 'quote'],
      ]);
      expect(await rows('fx_rate')).toMatchObject([
        { rate_date: '2026-03-01', base: 'USD', quote: 'EUR', rate: '0.9208' },
      ]);
    });
  });

  const ORDERS = 'shop_id,source_order_id,system,created_at,currency,total,financial_status\n';
  const sold = async (workspace: TestWorkspace): Promise<unknown[]> => {
    await buildWhole(workspace.warehouse, workspace.config);
    const rows = await workspace.warehouse.rows<Record<string, string>>(
      `select source_order_id, kind, amount from staging.money_event order by all`,
    );
    return rows.map((row) => [row.source_order_id, row.kind, Number(row.amount)]);
  };

  it('counts plain orders as sales by their total, and no more once a later file says that no money came', async () => {
    const workspace = await testWorkspace();
    try {
      const receipt = await workspace.ingestText(
        `${ORDERS}s,1,shop,2026-03-01T10:00:00Z,EUR,12.50,paid\ns,2,shop,2026-03-01T10:00:00Z,EUR,8.00,\ns,3,shop,2026-03-01T10:00:00Z,EUR,5.00,pending\n`,
      );
      expect(receipt).toMatchObject({ kind: 'plain_orders', accepted: 3, streams: { orders: 3, money_event: 3 } });
      expect(await sold(workspace)).toEqual([
        ['1', 'sale', 12.5],
        ['2', 'sale', 8],
      ]);
      expect(await workspace.warehouse.count('select count(*) from staging.conversion')).toBe(2);
      await workspace.ingestText(
        `${ORDERS}s,2,shop,2026-03-01T10:00:00Z,EUR,8.00,cancelled\ns,3,shop,2026-03-01T10:00:00Z,EUR,5.00,paid\n`,
        { exportedAt: '2026-07-02T00:00:00Z' },
      );
      expect(await sold(workspace)).toEqual([
        ['1', 'sale', 12.5],
        ['3', 'sale', 5],
      ]);
    } finally {
      workspace.close();
    }
  });

  it('leaves the sale to a ledger that tells it', async () => {
    const workspace = await testWorkspace();
    try {
      await workspace.ingestText(
        `${ORDERS}s,1,shop,2026-03-01T10:00:00Z,EUR,12.50,paid\ns,2,shop,2026-03-01T10:00:00Z,EUR,8.00,paid\n`,
      );
      await workspace.ingestText(
        'shop_id,money_event_id,source_order_id,kind,occurred_at,amount,currency\ns,receipt-9,1,sale,2026-03-01T10:00:00Z,12.00,EUR\ns,r,2,refund,2026-03-02T10:00:00Z,-3.00,EUR\n',
      );
      expect(await sold(workspace)).toEqual([
        ['1', 'sale', 12],
        ['2', 'refund', -3],
        ['2', 'sale', 8],
      ]);
    } finally {
      workspace.close();
    }
  });

  it('takes plain orders for no sales when their source says so', async () => {
    const workspace = await testWorkspace(
      'workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\nsources:\n  - { id: till, kind: plain_orders, counts_as_sale: false }\n',
    );
    try {
      const receipt = await workspace.ingestText(`${ORDERS}s,1,shop,2026-03-01T10:00:00Z,EUR,12.50,paid\n`);
      expect(receipt).toMatchObject({ source: 'till', streams: { orders: 1 } });
      expect(await sold(workspace)).toEqual([]);
      // nobody tells what was paid for them: that is said
      const check = sqlFile('check/orders_without_money');
      expect(await workspace.warehouse.rows(check)).toMatchObject([{ shop_id: 's', system: 'shop', orders: '1' }]);
      await workspace.ingestText(`${ORDERS}s,2,shop,2026-03-01T10:00:00Z,EUR,5.00,pending\n`, { source: 'other' });
      await workspace.ingestText(
        'shop_id,money_event_id,source_order_id,kind,occurred_at,amount,currency\ns,1:sale,1,sale,2026-03-01T10:00:00Z,12.50,EUR\n',
      );
      await buildWhole(workspace.warehouse, workspace.config);
      expect(await workspace.warehouse.rows(check)).toEqual([]);
    } finally {
      workspace.close();
    }
  });

  it('reads costs by SKU, by order and by day', async () => {
    const text = [
      'kind,sku,shop_id,order_name,cost_date,amount,currency',
      'cogs,CUP,,,2026-03-01,4.80,EUR',
      'payment_fee,,shop,#1001,,0.51,EUR',
      'fulfilment,,,,2026-03-01,"1,250.00",EUR',
    ].join('\n');
    await withRead(`${text}\n`, async ({ receipt, rows }) => {
      expect(receipt).toMatchObject({ kind: 'plain_cost', accepted: 3 });
      expect((await rows('cost')).map((cost) => cost.amount)).toEqual(['4.80', '0.51', '1250.00']);
    });
  });

  it('reads the ledger with signs, in the notation of its locale', async () => {
    const text =
      'entry_id;entry_date;account;amount;currency;reference\nGL-1;31.03.2026;goods;-1.250,50;EUR;#1\nGL-2;01.04.2026;tax;10,06;EUR;#1\n';
    await withRead(text, async ({ receipt, rows }) => {
      expect(receipt).toMatchObject({ kind: 'plain_ledger_entry', accepted: 2, rejected: 0 });
      expect(await rows('ledger_entry')).toMatchObject([
        { entry_id: 'GL-1', entry_date: '2026-03-31', amount: '-1250.50' },
        { entry_id: 'GL-2', entry_date: '2026-04-01', amount: '10.06' },
      ]);
    });
  });

  it('rejects an amount and a day that can be read two ways, and reads them once the source says how', async () => {
    const text = 'entry_id,entry_date,account,amount,currency\nGL-1,03/04/2026,goods,1.250,EUR\n';
    await withRead(text, async ({ receipt }) => {
      expect(receipt.rejects.map((reject) => [reject.line, reject.column]).sort()).toEqual([
        [2, 'amount'],
        [2, 'entry_date'],
      ]);
    });
    await withRead(
      text,
      async ({ rows }) =>
        expect(await rows('ledger_entry')).toMatchObject([{ entry_date: '2026-04-03', amount: '1250' }]),
      { options: { date_order: 'dmy', decimal_mark: ',' } },
    );
  });

  it('keys the units of a study that are persons, and keeps geos and blocks readable', async () => {
    const text = [
      'study,unit_kind,unit,arm,assigned_at',
      's,user,Ann@Example.com,treated,2026-03-01T10:00:00Z',
      's,user,user:42,control,2026-03-01T10:00:00Z',
      's,user,42,control,2026-03-01T10:00:00Z',
      's,geo,FR-IDF,holdout,2026-03-01 10:00',
      's,block,week 12,treated,2026-03-01T10:00:00+01:00',
    ].join('\n');
    await withRead(`${text}\n`, async ({ receipt, rows, workspace }) => {
      expect(receipt).toMatchObject({ kind: 'plain_assignment', accepted: 5 });
      expect(receipt.notes).toContain('time zone not given: times without an offset are read as UTC');
      const [keys] = await workspace.warehouse.rows<Record<string, string>>(
        `select email_key('ann@example.com') as ann, person_key('user', '42') as stated, person_key('id', '42') as plain`,
      );
      expect((await rows('assignment')).map((row) => [row.unit, instant(row.assigned_at)])).toEqual([
        [keys.ann, '2026-03-01T10:00:00.000Z'],
        [keys.stated, '2026-03-01T10:00:00.000Z'],
        [keys.plain, '2026-03-01T10:00:00.000Z'],
        ['FR-IDF', '2026-03-01T10:00:00.000Z'],
        ['week 12', '2026-03-01T09:00:00.000Z'],
      ]);
    });
  });

  it('keys exposures like assignments, so that they meet; a geo says that it is one', async () => {
    const workspace = await testWorkspace();
    try {
      await workspace.ingestText(
        'study,unit_kind,unit,arm,assigned_at\ns,user,ann@example.com,treated,2026-03-01T10:00:00Z\n',
      );
      await workspace.ingestText(
        'study,unit,unit_kind,exposed_at\ns,ANN@example.com,,2026-03-02T10:00:00Z\ns,FR-IDF,geo,2026-03-02T10:00:00Z\n',
      );
      const [assignment] = await rowsOf(workspace, 'assignment');
      const exposures = await rowsOf(workspace, 'exposure');
      expect(exposures.map((row) => row.unit)).toEqual([assignment.unit, 'FR-IDF']);
    } finally {
      workspace.close();
    }
  });

  it('keys a person column by what it says: an address, an id with its kind, a fediverse handle; a placeholder is nobody', async () => {
    const ids = [
      'ann@example.com',
      'email:ann@example.com',
      'visitor:abc',
      'actor:@ann@social.example',
      '@ann@social.example',
      'no@email.com',
    ];
    const text = `touch_id,touched_at,kind,visitor_key\n${ids.map((id, i) => `${i},2026-03-01T00:00:00Z,page,${id}`).join('\n')}\n`;
    await withRead(text, async ({ rows, workspace }) => {
      const [keys] = await workspace.warehouse.rows<Record<string, string>>(
        `select email_key('ann@example.com') as ann, person_key('visitor', 'abc') as visitor,
                person_key('actor', '@ann@social.example') as actor, person_key('id', '@ann@social.example') as handle`,
      );
      expect((await rows('touch', 'touch_id')).map((touch) => touch.visitor_key)).toEqual([
        keys.ann,
        keys.ann,
        keys.visitor,
        keys.actor,
        keys.handle,
        undefined,
      ]);
    });
  });

  it('takes the newest word by observed_at, where the file has it, else by the export', async () => {
    await withRead(
      'rate_date,base,quote,rate,observed_at\n2026-03-01,USD,EUR,0.92,2026-03-02T00:00:00Z\n2026-03-02,USD,EUR,0.93,\n',
      async ({ workspace }) => {
        const rows = await workspace.warehouse.rows<{ observed_at: string }>(
          'select observed_at from raw.fx_rate order by rate_date',
        );
        expect(rows.map((row) => instant(row.observed_at))).toEqual([
          '2026-03-02T00:00:00.000Z',
          '2026-07-01T00:00:00.000Z',
        ]);
      },
    );
  });

  it('reads the sample files of finance and studies, however they are written', async () => {
    const samples: [string, string, string][] = [
      ['fx_rates.csv', 'plain_fx_rate', 'fx_rate'],
      ['exposures.csv', 'plain_exposure', 'exposure'],
    ];
    for (const [file, kind, stream] of samples) {
      const lines = readFileSync(new URL(`../../../data-samples/exports/${file}`, import.meta.url), 'utf8').split('\n');
      const text = `${lines.slice(0, 6).join('\n')}\n`;
      for (const variant of [{ name: 'as it is', text }, ...csvVariants(text)]) {
        await withRead(variant.text, async ({ receipt, rows }) => {
          expect(receipt, `${file} ${variant.name}`).toMatchObject({ kind, read: 5, accepted: 5, rejected: 0 });
          expect(await rows(stream)).toHaveLength(5);
        });
      }
    }
  });
});
