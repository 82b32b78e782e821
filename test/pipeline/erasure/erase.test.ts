import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { examine } from '../../../pipeline/doctor.ts';
import { erase } from '../../../pipeline/erasure/erase.ts';
import { runQuery } from '../../../pipeline/query.ts';
import { openResults } from '../../../pipeline/results.ts';
import { run } from '../../../pipeline/run.ts';
import { type OpenWorkspace, openWorkspace } from '../../../pipeline/workspace.ts';
import { type TestWorkspace, testWorkspace } from '../../helpers.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from '../market.ts';

// the warehouse is built three times
vi.setConfig({ testTimeout: 120_000 });

const NOW = new Date('2026-07-01T00:00:00Z');
const LATER = new Date('2026-07-02T00:00:00Z');

const open: OpenWorkspace[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.close();
});

async function workspaceOf(config: string): Promise<TestWorkspace> {
  const workspace = await testWorkspace(config);
  open.push(workspace);
  return workspace;
}

/** Gives the warehouse free, and keeps the folder. */
function leave(workspace: TestWorkspace): TestWorkspace {
  workspace.warehouse.close();
  rmSync(workspace.paths.lock, { force: true });
  rmSync(workspace.paths.spill, { recursive: true, force: true });
  const at = open.indexOf(workspace);
  open[at] = { ...workspace, close: () => rmSync(workspace.directory, { recursive: true, force: true }) };
  expect(workspace.directory.startsWith(tmpdir())).toBe(true);
  return workspace;
}

/** All bytes below a folder, as one text. */
function everything(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name)).toString('latin1'))
    .join('\n');
}

/** Every id that is linked with a person by the rows themselves. */
function closure(rows: ReturnType<typeof marketRows>, start: string): Set<string> {
  const known = new Set([start]);
  for (let size = 0; size !== known.size; ) {
    size = known.size;
    for (const { stream, values } of rows)
      if (stream === 'identity_link' && (known.has(values.key_a) || known.has(values.key_b)))
        known.add(values.key_a).add(values.key_b);
  }
  return known;
}

async function answers(workspace: OpenWorkspace) {
  const results = await openResults(workspace.paths);
  try {
    const metrics = ['conversions', 'revenue_net', 'refunds', 'new_conversions'];
    const all = [];
    for (const dimensions of [['channel', 'time:day'], ['campaign', 'customer_type'], ['matched_by']])
      all.push((await runQuery(results, { metrics, dimensions })).rows);
    return all;
  } finally {
    results.close();
  }
}

/** What the books are held against: all orders, whoever made them. */
async function totals(workspace: OpenWorkspace) {
  const results = await openResults(workspace.paths);
  try {
    const { rows } = await runQuery(results, { metrics: ['conversions', 'revenue_net', 'refunds'] });
    return rows;
  } finally {
    results.close();
  }
}

describe('erasing a person', () => {
  it('leaves what there would be had nobody known who ordered', async () => {
    const rows = marketRows(4, 9);
    const person = rows.find((row) => row.stream === 'orders' && row.values.customer_key !== '')!.values.customer_key;
    const ids = closure(rows, person);
    const isTheirs = (row: (typeof rows)[number]) => Object.values(row.values).some((value) => ids.has(value));
    expect(ids.size).toBeGreaterThan(1);

    const workspace = await workspaceOf(MARKET_CONFIG);
    await ingestRows(workspace, rows, 'a');
    // an export of some of the same again, whose records are not news
    await ingestRows(
      workspace,
      rows.filter((row) => row.stream === 'orders'),
      'b',
    );
    await run(workspace, { now: NOW });
    const before = await totals(workspace);
    const { directory, paths } = leave(workspace);

    const dry = await erase(directory, [person], { now: LATER, dryRun: true });
    expect(everything(paths.landing)).toContain(person);
    const receipt = await erase(directory, [person], { now: LATER });
    const both = rows.filter((row) => isTheirs(row) && row.stream === 'orders').length;
    expect(receipt).toMatchObject({
      records_removed: rows.filter(isTheirs).length + both,
      orders_kept: new Set(
        rows.filter((row) => isTheirs(row) && row.stream === 'orders').map((row) => row.values.source_order_id),
      ).size,
      files_left: [],
      is_dry_run: false,
      run: expect.stringMatching(/^run_/),
    });
    expect({ ...dry, run: null, is_dry_run: false }).toEqual({ ...receipt, run: null });
    expect(JSON.stringify(receipt)).not.toContain(person);

    const landed = everything(paths.landing);
    for (const id of ids)
      expect(landed).not.toMatch(new RegExp(`${id.replace(/^visitor:/, '').replace('.', '\\.')}(?![0-9a-z])`));
    const findings = await examine(directory);
    expect(findings.filter((finding) => finding.state === 'bad')).toEqual([]);

    const fresh = await workspaceOf(MARKET_CONFIG);
    const others = rows.flatMap((row) => {
      if (!isTheirs(row)) return [row];
      if (row.stream !== 'orders') return [];
      // the order without the one who made it
      const { customer_key, has_analytics_consent, region, ...values } = row.values;
      return [{ ...row, values: { ...values, customer_key: '', has_analytics_consent: '', region: '' } }];
    });
    await ingestRows(fresh, others, 'a');
    await ingestRows(
      fresh,
      others.filter((row) => row.stream === 'orders'),
      'b',
    );
    await run(fresh, { now: NOW });
    const again = await openWorkspace(directory);
    open.push(again);
    expect(await answers(again)).toEqual(await answers(fresh));
    // not a cent has left the books
    expect(await totals(again)).toEqual(before);
    const kinds = await again.warehouse.rows<{ kind: string }>('select distinct kind from report.freshness');
    expect(kinds.filter(({ kind }) => kind.startsWith('kept_'))).toEqual([]);
    // the old bytes are known when they come again
    const back = ingestRows(
      again as TestWorkspace,
      rows.filter((row) => row.stream === 'orders'),
      'a',
    );
    await expect(back).rejects.toMatchObject({ code: 'not_allowed' });
    expect(everything(paths.landing)).not.toContain(person);
  });

  it('finds them in compressed files, in nested JSON, in lines that were rejected, and says which files it cannot rewrite', async () => {
    const workspace = await workspaceOf('workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\n');
    const { directory, paths } = workspace;
    const orders =
      'shop_id,source_order_id,system,created_at,currency,total,customer_key,observed_at\n' +
      's,1,plain,2026-01-01T00:00:00Z,EUR,10.00,ana@example.com,2026-01-02\n' +
      's,2,plain,2026-01-01T00:00:00Z,EUR,20.00,joana@example.com,2026-01-02\n' +
      's,3,plain,not a day,EUR,30.00,Ana@Example.com,2026-01-02\n';
    await workspace.ingestText(gzipSync(orders), { as: 'plain_orders', name: 'orders.csv.gz' });
    const json = [
      { id: 1, email: 'ana@example.com', note: 'call ana@example.com' },
      { id: 2, email: 'joana@example.com' },
    ].map((order) => ({
      ...order,
      name: `#${order.id}`,
      created_at: '2026-01-03T00:00:00Z',
      currency: 'EUR',
      total_price: '5.00',
      financial_status: 'paid',
      line_items: [],
    }));
    await workspace.ingestText(JSON.stringify({ orders: json }), {
      as: 'shopify_order_json',
      options: { consent: 'granted', shop: 'shop' },
      name: 'shopify.json',
    });
    const parquet = join(directory, 'orders.parquet');
    await workspace.warehouse.run(
      `copy (select 's' as shop_id, '9' as source_order_id, 'plain' as system, '2026-01-01T00:00:00Z' as created_at, 'EUR' as currency,
        '40.00' as total, 'ana@example.com' as customer_key, '2026-01-02' as observed_at) to '${parquet}' (format parquet)`,
    );
    await workspace.ingestFile(parquet, { as: 'plain_orders', name: 'orders.parquet' });
    rmSync(parquet);
    leave(workspace);
    const receipt = await erase(directory, ['ana@example.com'], { now: LATER });
    expect(receipt).toMatchObject({ records_removed: 3, files_rewritten: 2, orders_kept: 2, run: null });
    expect(receipt.files_left).toEqual([{ batch_id: expect.any(String), file: 'orders.parquet', records: 1 }]);
    rmSync(join(paths.landing, receipt.files_left[0].batch_id));
    const landed = everything(paths.landing);
    expect(landed).not.toMatch(/(?<!jo)ana@example\.com/i);
    const again = await openWorkspace(directory);
    open.push(again);
    expect(await again.warehouse.count('select count(*) from raw.orders')).toBe(5);
    await expect(erase(directory, ['ana@example.com'], { now: LATER })).rejects.toMatchObject({ code: 'locked' });
  });

  it('keeps what the books need of each order once, whoever is erased next, and no cell that names the person', async () => {
    const workspace = await workspaceOf('workspace: acme\nreporting: { time_zone: UTC, currency: EUR }\n');
    const { directory, paths } = workspace;
    await workspace.ingestText(
      'shop_id,source_order_id,system,order_name,created_at,currency,total,tax,customer_key,region,observed_at\n' +
        's,1,plain,ana@example.com,2026-01-01T00:00:00Z,EUR,10.00,1.60,ana@example.com,Lazio,2026-01-02\n' +
        's,2,plain,#2,2026-01-01T00:00:00Z,EUR,20.00,3.20,ben@example.com,Lazio,2026-01-02\n' +
        's,3,plain,#3,2026-01-01T00:00:00Z,EUR,30.00,4.80,ben@example.com,Lazio,2026-01-02\n',
      { as: 'plain_orders', name: 'orders.csv' },
    );
    await workspace.ingestText(
      'entry_id,entry_date,account,amount,currency,reference\n' +
        'G1,2026-01-01,goods,8.40,EUR,ana@example.com\nG2,2026-01-01,goods,16.80,EUR,#2\n',
      { as: 'plain_ledger_entry', name: 'ledger.csv' },
    );
    leave(workspace);
    expect(await erase(directory, ['ana@example.com'], { now: LATER })).toMatchObject({
      records_removed: 2,
      orders_kept: 1,
      // the order, the money that it told of, the entry of the books
      rows_kept: 3,
    });
    expect(await erase(directory, ['ben@example.com'], { now: LATER })).toMatchObject({
      records_removed: 2,
      orders_kept: 2,
    });
    for (const who of ['ana@example.com', 'ben@example.com'])
      expect(await erase(directory, [who], { now: LATER })).toMatchObject({ records_removed: 0, rows_kept: 0 });
    expect(everything(paths.landing)).not.toMatch(/(ana|ben)@example\.com|Lazio/);
    const again = await openWorkspace(directory);
    open.push(again);
    const kept = await again.warehouse.rows(
      `select orders.source_order_id as id, orders.order_name, orders.customer_key, orders.region, money.amount, money.tax
       from raw.orders as orders
       inner join raw.money_event as money on money.source_order_id = orders.source_order_id
       order by id`,
    );
    const nobody = { customer_key: null, region: null };
    expect(kept).toEqual([
      { id: '1', order_name: null, ...nobody, amount: '10.00', tax: '1.60' },
      { id: '2', order_name: '#2', ...nobody, amount: '20.00', tax: '3.20' },
      { id: '3', order_name: '#3', ...nobody, amount: '30.00', tax: '4.80' },
    ]);
    const entries = await again.warehouse.rows(
      'select entry_id, amount, reference from raw.ledger_entry order by entry_id',
    );
    expect(entries).toEqual([
      { entry_id: 'G1', amount: '8.40', reference: null },
      { entry_id: 'G2', amount: '16.80', reference: '#2' },
    ]);
    expect((await examine(directory)).filter((finding) => finding.state === 'bad')).toEqual([]);
  });

  it('changes nothing for somebody unknown, and asks for an identifier that tells', async () => {
    const workspace = await workspaceOf(MARKET_CONFIG);
    await ingestRows(workspace, marketRows(4, 3), 'a');
    const { directory, paths } = workspace;
    leave(workspace);
    const before = readdirSync(paths.landing).sort();
    const receipt = await erase(directory, ['nobody@example.com'], { now: LATER });
    expect(receipt).toMatchObject({ keys: 0, records_removed: 0, run: null });
    expect(readdirSync(paths.landing).sort()).toEqual(before);
    for (const bad of [[], ['  '], ['ab']])
      await expect(erase(directory, bad, { now: LATER })).rejects.toMatchObject({ code: 'usage' });
    expect(statSync(paths.warehouse).size).toBeGreaterThan(0);
  });
});
