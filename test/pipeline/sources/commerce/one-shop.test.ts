import { describe, expect, it } from 'vitest';
import { sqlFile } from '../../../../pipeline/sql-files.ts';
import { type TestWorkspace, testWorkspace } from '../../../helpers.ts';
import { toCsv } from '../variants.ts';

/** The same shop told twice: by its order export and by its API. */
const HEADER = [
  'Name',
  'Financial Status',
  'Currency',
  'Total',
  'Created at',
  'Lineitem quantity',
  'Lineitem name',
  'Lineitem price',
  'Refunded Amount',
  'Id',
];

function exported(refunded: string): string {
  const status = refunded === '' ? 'paid' : 'partially_refunded';
  return toCsv([
    HEADER,
    ['#1', status, 'EUR', '35.00', '2026-03-01 10:00:00 +0100', '1', 'Cup', '35.00', refunded, '1'],
  ]);
}

function sent(refunds: readonly string[], updatedAt: string): string {
  return JSON.stringify({
    id: 1,
    name: '#1',
    created_at: '2026-03-01T10:00:00+01:00',
    updated_at: updatedAt,
    financial_status: refunds.length > 0 ? 'partially_refunded' : 'paid',
    currency: 'EUR',
    total_price: '35.00',
    line_items: [{ id: 11, quantity: 1, price: '35.00', title: 'Cup' }],
    refunds: refunds.map((amount, i) => ({
      id: 900 + i,
      created_at: updatedAt,
      refund_line_items: [],
      order_adjustments: [],
      transactions: [{ kind: 'refund', status: 'success', amount, currency: 'EUR' }],
    })),
  });
}

async function staged(
  steps: (workspace: TestWorkspace) => Promise<void>,
): Promise<{ events: string[]; orders: number; lines: number }> {
  const workspace = await testWorkspace();
  try {
    await steps(workspace);
    const events = await workspace.warehouse.rows<{ event: string }>(
      `select concat_ws(' ', kind, cast(cast(amount as decimal(18, 2)) as varchar), strftime(occurred_at, '%m-%d')) as event
       from (${sqlFile('staging/money_event')}) order by 1`,
    );
    return {
      events: events.map((row) => row.event),
      orders: await workspace.warehouse.count('select count(distinct (shop_id, source_order_id)) from raw.orders'),
      lines: await workspace.warehouse.count(`select count(*) from (${sqlFile('staging/order_line')})`),
    };
  } finally {
    workspace.close();
  }
}

const at = (exportedAt: string) => ({ exportedAt });

describe('one shop, told by its export and by its API', () => {
  it('is one order, one sale, one line, and one refund', async () => {
    const both = async (workspace: TestWorkspace) => {
      await workspace.ingestText(exported('5.00'), at('2026-04-01T00:00:00Z'));
      await workspace.ingestText(sent(['5.00'], '2026-03-10T00:00:00Z'));
    };
    expect(await staged(both)).toEqual({ events: ['refund -5.00 03-10', 'sale 35.00 03-01'], orders: 1, lines: 1 });
  });

  it('counts what the export knows beyond the dated refunds', async () => {
    const { events } = await staged(async (workspace) => {
      await workspace.ingestText(sent(['5.00'], '2026-03-10T00:00:00Z'));
      await workspace.ingestText(exported('8.00'), at('2026-04-01T00:00:00Z'));
    });
    expect(events).toEqual(['refund -3.00 04-01', 'refund -5.00 03-10', 'sale 35.00 03-01']);
  });

  it('gives nothing back twice when the export is older than the dated refunds', async () => {
    const { events } = await staged(async (workspace) => {
      await workspace.ingestText(exported('5.00'), at('2026-03-11T00:00:00Z'));
      await workspace.ingestText(sent(['5.00', '7.00'], '2026-03-20T00:00:00Z'));
    });
    expect(events).toEqual(['refund -5.00 03-20', 'refund -7.00 03-20', 'sale 35.00 03-01']);
  });

  it('knows where the order came from by the API, which tells more, however late the export was made', async () => {
    const workspace = await testWorkspace();
    try {
      const order = JSON.parse(sent([], '2026-03-01T10:00:00+01:00'));
      const note_attributes = [{ name: 'utm_source', value: 'ig' }];
      await workspace.ingestText(
        JSON.stringify({ ...order, note_attributes, landing_site: '/cups?utm_source=ig&gclid=x' }),
      );
      const [header, line] = exported('').trimEnd().split('\n');
      await workspace.ingestText(`${header},Note Attributes\n${line},utm_source: ig\n`);
      const touches = await workspace.warehouse.rows(
        'select landing_path, utm_source_raw from raw.touch order by try_cast(observed_at as timestamptz) desc',
      );
      expect(touches).toEqual([
        { landing_path: '/cups', utm_source_raw: 'ig' },
        { landing_path: null, utm_source_raw: 'ig' },
      ]);
    } finally {
      workspace.close();
    }
  });

  it('keeps the date of the first export that told of a refund, whatever the order of arrival', async () => {
    const exports: [string, string][] = [
      [exported(''), '2026-03-05T00:00:00Z'],
      [exported('5.00'), '2026-03-12T00:00:00Z'],
      [exported('5.00').replace('Cup', 'Mug'), '2026-04-01T00:00:00Z'],
    ];
    for (const order of [exports, [...exports].reverse()]) {
      const { events } = await staged(async (workspace) => {
        for (const [text, time] of order) await workspace.ingestText(text, at(time));
      });
      expect(events).toEqual(['refund -5.00 03-12', 'sale 35.00 03-01']);
    }
  });
});
