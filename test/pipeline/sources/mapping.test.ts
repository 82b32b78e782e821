import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildWhole } from '../../../pipeline/build.ts';
import { configTemplate } from '../../../pipeline/config-template.ts';
import { type TestWorkspace, testWorkspace } from '../../helpers.ts';
import { rowsOf } from './commerce/support.ts';

const CONFIG = `workspace: acme
reporting: { time_zone: UTC, currency: EUR }
sources:
  - id: till
    stream: orders
    time_zone: Europe/Paris
    shop: paris
    decimal_mark: ','
    columns:
      source_order_id: Bon
      created_at: Datum
      total: Betrag
      customer_key: Kunde
    constants: { shop_id: paris, system: till, currency: EUR, is_test: false }
  - id: clicks
    stream: touch
    format: ndjson
    columns:
      touch_id: id
      touched_at: ts
      visitor_key: user.anonymous id
      utm_source_raw: page.utm.source
    constants: { kind: click }
  - id: lake
    stream: spend_daily
    format: parquet
    columns:
      entity_id: campaign
      spend_date: day
      spend: cost
      impressions: views
    constants: { platform: radio, level: campaign, currency: EUR }
`;

async function withMappings(check: (workspace: TestWorkspace) => Promise<void>, config = CONFIG): Promise<void> {
  const workspace = await testWorkspace(config);
  try {
    await check(workspace);
  } finally {
    workspace.close();
  }
}

async function parquet(workspace: TestWorkspace, name: string, select: string): Promise<string> {
  const path = join(workspace.directory, name);
  await workspace.warehouse.run(`copy (${select}) to '${path}' (format parquet)`);
  return path;
}

describe('a mapping of a CSV', () => {
  const text =
    'Filiale;Datum;Bon;Betrag;Kunde\n1;2026-03-01 10:00;0042;1.250,50;ann@example.com\n1;2026-07-01 10:00;0043;9,90;\n';

  it('reads any columns as a stream, with the zone, the marks and the constants of its source', async () => {
    await withMappings(async (workspace) => {
      const receipt = await workspace.ingestText(text);
      expect(receipt).toMatchObject({ kind: 'mapping_till', source: 'till', read: 2, accepted: 2, rejected: 0 });
      expect(receipt.notes).toEqual([]);
      expect(await rowsOf(workspace, 'orders')).toMatchObject([
        {
          shop_id: 'paris',
          system: 'till',
          source_order_id: '0042',
          created_at: '2026-03-01T09:00:00.000000Z',
          total: '1250.50',
          currency: 'EUR',
          is_test: 'false',
        },
        { source_order_id: '0043', created_at: '2026-07-01T08:00:00.000000Z', total: '9.90' },
      ]);
      expect((await rowsOf(workspace, 'orders'))[0].customer_key).toHaveLength(43);
    });
  });

  it('takes the totals of mapped orders, unless their status or the source speaks against it', async () => {
    const config = (more: string) => `workspace: acme
reporting: { time_zone: UTC, currency: EUR }
sources:
  - id: till
    stream: orders
    columns: { source_order_id: id, created_at: at, total: total, tax: vat, financial_status: state }
    constants: { shop_id: paris, system: till, currency: EUR }
${more}`;
    const states = ['', 'Paid', 'pending', 'canceled', 'refunded'];
    const text = `id,at,total,vat,state\n${states.map((state, i) => `${i},2026-03-01T10:00:00Z,12.00,2.00,${state}`).join('\n')}\n`;
    await withMappings(async (workspace) => {
      expect((await workspace.ingestText(text)).streams).toEqual({ orders: 5, money_event: 6 });
      const events = await rowsOf(workspace, 'money_event', 'money_event_id');
      expect(
        events.map((event) => [event.money_event_id, event.kind, Number(event.amount), Number(event.tax)]),
      ).toEqual([
        ['0:total', 'order_total', 12, 2],
        ['1:total', 'order_total', 12, 2],
        ['2:total', 'order_unpaid', 12, 2],
        ['3:total', 'order_unpaid', 12, 2],
        ['4:refund', 'refund_total', -12, -2],
        ['4:total', 'order_total', 12, 2],
      ]);
    }, config(''));
    await withMappings(async (workspace) => {
      expect((await workspace.ingestText(text)).streams).toEqual({ orders: 5 });
    }, config('    counts_as_sale: false\n'));
  });

  it('rejects a value by the line it stands on and the column it was mapped to', async () => {
    await withMappings(async (workspace) => {
      const receipt = await workspace.ingestText(`${text}1;soon;0044;1,00;\n`);
      expect(receipt.rejects[0]).toEqual({
        line: 4,
        column: 'created_at',
        shape: expect.stringContaining('aaaa'),
        reason: expect.stringContaining('instant'),
      });
      expect(receipt).toMatchObject({ read: 3, accepted: 2, rejected: 1 });
    });
  });

  it('does not stand in the way of known files of the same platform', async () => {
    const config = CONFIG.replace('id: till\n', 'id: till\n    platform: plain\n');
    await withMappings(async (workspace) => {
      const receipt = await workspace.ingestText('rate_date,base,quote,rate\n2026-03-01,USD,EUR,0.9\n');
      expect(receipt).toMatchObject({ kind: 'plain_fx_rate', source: 'plain_fx_rate' });
    }, config);
  });
});

describe('a mapping of NDJSON', () => {
  it('follows paths into objects, keeps digits, and lets a record leave out what it has no value for', async () => {
    const lines = [
      '{"id": 9007199254740993, "ts": "2026-03-01T10:00:00Z", "user": {"anonymous id": "abc"}, "page": {"utm": {"source": "ig"}}}',
      '{"id": 2, "ts": "2026-03-01T10:00:00Z"}',
      '{"id": 3, "ts": "2026-03-01T10:0',
    ];
    await withMappings(async (workspace) => {
      const receipt = await workspace.ingestText(`${lines.join('\n')}\n`);
      expect(receipt).toMatchObject({ kind: 'mapping_clicks', source: 'clicks', read: 3, accepted: 2, rejected: 1 });
      expect(receipt.rejects).toMatchObject([{ line: 3, reason: 'is not a JSON object' }]);
      expect(await rowsOf(workspace, 'touch')).toMatchObject([
        {
          touch_id: '9007199254740993',
          kind: 'click',
          utm_source_raw: 'ig',
          visitor_key: expect.stringMatching(/^.{43}$/),
        },
        { touch_id: '2', kind: 'click' },
      ]);
    });
  });
});

describe('a mapping of JSON in an envelope', () => {
  it('finds the records where the source says they are', async () => {
    const config = `workspace: acme
reporting: { time_zone: UTC, currency: EUR }
sources:
  - id: api
    stream: conversion
    format: ndjson
    records_at: data
    columns: { conversion_id: id, converted_at: at }
    constants: { kind: lead }
`;
    await withMappings(async (workspace) => {
      const receipt = await workspace.ingestText(
        '{"page": 1, "data": [{"id": 7, "at": "2026-03-01T10:00:00Z"}, {"id": 8, "at": "2026-03-02T10:00:00Z"}]}',
      );
      expect(receipt).toMatchObject({ kind: 'mapping_api', read: 2, accepted: 2 });
      expect((await rowsOf(workspace, 'conversion')).map((row) => row.conversion_id)).toEqual(['7', '8']);
    }, config);
  });
});

describe('a mapping of Parquet', () => {
  it('reads typed columns without losing a digit, whatever their order', async () => {
    await withMappings(async (workspace) => {
      const path = await parquet(
        workspace,
        'a.parquet',
        `select * from (values (1.234::double, 'x', date '2026-03-01', 9007199254740993, 'c1'), (0.1, 'y', date '2026-03-02', 7, 'c2'))
           as t(cost, note, day, views, campaign)`,
      );
      const receipt = await workspace.ingestFile(path);
      expect(receipt).toMatchObject({ kind: 'mapping_lake', source: 'lake', read: 2, accepted: 2, rejected: 0 });
      expect(await rowsOf(workspace, 'spend_daily')).toMatchObject([
        {
          platform: 'radio',
          entity_id: 'c1',
          spend_date: '2026-03-01',
          spend: '1.234',
          impressions: '9007199254740993',
        },
        { entity_id: 'c2', spend: '0.1' },
      ]);
      expect((await workspace.ingestFile(path)).state).toBe('already_loaded');
    });
  });

  it('counts repeats, rejects by row, and tells unchanged rows of the next file', async () => {
    await withMappings(async (workspace) => {
      const rows = `(2.5, date '2026-03-01', 1, 'c1'), (2.5, date '2026-03-01', 1, 'c1'), (null, date '2026-03-02', 1, 'c2')`;
      const named = (values: string) => `select * from (values ${values}) as t(cost, day, views, campaign)`;
      const first = await workspace.ingestFile(await parquet(workspace, 'a.parquet', named(rows)));
      expect(first).toMatchObject({ read: 3, accepted: 1, duplicate: 1, rejected: 1 });
      expect(first.rejects).toMatchObject([{ line: 3, column: 'spend', reason: 'is missing' }]);
      const more = `(2.5, date '2026-03-01', 1, 'c1'), (3.5, date '2026-03-03', 1, 'c3')`;
      const second = await workspace.ingestFile(await parquet(workspace, 'b.parquet', named(more)));
      expect(second).toMatchObject({ read: 2, accepted: 1, unchanged: 1, rejected: 0 });
    });
  });

  it('reads a file with the columns of a stream without any mapping', async () => {
    await withMappings(async (workspace) => {
      const path = await parquet(
        workspace,
        'fx.parquet',
        `select date '2026-03-01' as rate_date, 'USD' as base, 'EUR' as quote, 0.92 as rate`,
      );
      expect(await workspace.ingestFile(path)).toMatchObject({ kind: 'plain_fx_rate', accepted: 1 });
    });
  });

  it('reads times with and without a zone', async () => {
    const config = `workspace: acme
reporting: { time_zone: UTC, currency: EUR }
sources:
  - id: visits
    stream: touch
    format: parquet
    time_zone: Europe/Paris
    columns: { touch_id: id, touched_at: at }
    constants: { kind: page }
`;
    await withMappings(async (workspace) => {
      const path = await parquet(
        workspace,
        'a.parquet',
        `select 1 as id, timestamp '2026-03-01 10:00:00.123456' as at`,
      );
      await workspace.ingestFile(path);
      const zoned = await parquet(workspace, 'b.parquet', `select 2 as id, timestamptz '2026-03-01 10:00:00+00' as at`);
      await workspace.ingestFile(zoned);
      expect(
        (await rowsOf(workspace, 'touch', 'touch_id')).map((touch) => new Date(touch.touched_at).toISOString()),
      ).toEqual(['2026-03-01T09:00:00.123Z', '2026-03-01T10:00:00.000Z']);
    }, config);
  });

  it('says which columns a file has when no mapping fits, and when it is damaged', async () => {
    await withMappings(async (workspace) => {
      const path = await parquet(workspace, 'a.parquet', 'select 1 as foo, 2 as bar');
      await expect(workspace.ingestFile(path)).rejects.toThrow(/columns foo, bar.*docs\/sources\/mapping\.md/);
      const broken = join(workspace.directory, 'broken.parquet');
      writeFileSync(broken, 'PAR1 and then nothing of the kind');
      await expect(workspace.ingestFile(broken)).rejects.toThrow(/damaged/);
      expect(await workspace.warehouse.count('select count(*) from raw.batch')).toBe(0);
    });
  });
});

describe('a mapping in liftproof.yaml', () => {
  const refuses = async (config: string, message: RegExp) =>
    withMappings(async (workspace) => {
      await expect(workspace.ingestText('a,b\n1,2\n')).rejects.toThrow(message);
    }, `workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\nsources:\n${config}`);

  it('names the nearest stream and the nearest column when one is misspelt', async () => {
    await refuses(
      '  - { id: x, stream: ordres, columns: { total: T } }\n',
      /sources\.x\.stream is ordres.*did you mean orders\?/,
    );
    await refuses(
      '  - { id: x, stream: fx_rate, columns: { rate_dat: D } }\n',
      /fx_rate has no column rate_dat; did you mean rate_date\?/,
    );
  });

  it('names the required columns that are neither mapped nor constant', async () => {
    await refuses(
      '  - { id: x, stream: fx_rate, columns: { rate_date: D }, constants: { base: USD } }\n',
      /needs quote, rate/,
    );
  });
});

describe('the mapping that a new workspace proposes', () => {
  it('reads leads that belong to persons', async () => {
    const template = configTemplate({
      workspace: 'acme',
      timeZone: 'Europe/Paris',
      currency: 'EUR',
      consent: 'unknown',
      shop: 'shop',
    });
    const config = template.replace(/^ {2}# - id: crm_leads\n(?: {2}# {3}.*\n)+/m, (lines) =>
      lines.replace(/^ {2}# /gm, '  '),
    );
    expect(config).not.toBe(template);
    await withMappings(
      async (workspace) => {
        const receipt = await workspace.ingestText('Lead ID,Created,Email\n1,2026-03-01 10:00,ann@example.com\n');
        expect(receipt).toMatchObject({ source: 'crm_leads', accepted: 1 });
        await buildWhole(workspace.warehouse, workspace.config);
        const leads = await workspace.warehouse.rows(
          `select kind, person_id is not null as is_linked from staging.conversion`,
        );
        expect(leads).toEqual([{ kind: 'lead', is_linked: true }]);
      },
      config.replace('conversions: [order]', 'conversions: [order, lead]'),
    );
  });
});
