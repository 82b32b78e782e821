import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listAudit, verifyAuditChain } from '../../../pipeline/control/audit.ts';
import { createWebhook, listDeliveries } from '../../../pipeline/control/webhooks.ts';
import { makeRoiPack, ROI_FORMATS, type RoiPack } from '../../../pipeline/export-roi.ts';
import { ledgerLines, restatementsOf, type Trace } from '../../../pipeline/finance/period-store.ts';
import {
  closePeriod,
  listPeriods,
  lockPeriod,
  reopenPeriod,
  reportedPeriod,
} from '../../../pipeline/finance/periods.ts';
import { openResults, type Results } from '../../../pipeline/results.ts';
import { run } from '../../../pipeline/run.ts';
import { type TestWorkspace, testWorkspace } from '../../helpers.ts';
import { ingestPlain, order, together } from '../../sql/plain.ts';
import { type TestControl, testControl } from '../control/server.ts';

const CONFIG = `workspace: acme
reporting: { time_zone: UTC, currency: EUR }
models: { default: linear, run: [linear], replicates: 0 }
`;

let control: TestControl;
beforeAll(async () => {
  control = await testControl();
}, 60_000);
afterAll(() => control?.close());

const trace = (actor: string, workspace = 'acme', hour = 9): Trace => ({
  workspace,
  actor,
  now: new Date(`2026-09-01T${String(hour).padStart(2, '0')}:00:00Z`),
});

let clock = 0;
async function publish(workspace: TestWorkspace): Promise<Results> {
  await run(workspace, { now: new Date(Date.UTC(2026, 7, 20, 0, 0, clock++)) });
  return openResults(workspace.paths);
}

/** What "export roi" does: the pinned run when the period is locked. */
async function exported(workspace: TestWorkspace, results: Results, period: string): Promise<RoiPack> {
  const found = await reportedPeriod(control.store.db, 'acme', period, results, undefined);
  const from = found.run === undefined ? results : await openResults(workspace.paths, found.run);
  try {
    return await makeRoiPack(from, { period, basis: found.basis, formats: ROI_FORMATS, reported: found.reported });
  } finally {
    if (from !== results) from.close();
  }
}

const bytesOf = (pack: RoiPack): string => JSON.stringify(pack.manifest.files.map((file) => [file.name, file.sha256]));

const refund = (id: string, at: string, amount: string) => ({
  money_event: [
    {
      shop_id: 's',
      source_order_id: id,
      money_event_id: `${id}:r`,
      kind: 'refund',
      occurred_at: at,
      amount,
      currency: 'EUR',
    },
  ],
});

describe('a period of finance', () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await testWorkspace(CONFIG);
    await ingestPlain(
      workspace,
      together(order('a', '2026-07-10T12:00:00Z', '100.00'), order('b', '2026-08-10T12:00:00Z', '40.00')),
    );
  });
  afterAll(() => workspace?.close());

  it('is locked once, exported byte for byte, restated when it is reopened, and adjusts the next one when it is not', async () => {
    const store = control.store.db;
    const { webhook } = await createWebhook(store, Buffer.alloc(32, 6), {
      workspace: 'acme',
      url: 'https://8.8.8.8/hook',
      events: ['period.locked', 'period.reopened'],
      createdBy: 'ana',
      now: trace('ana').now,
    });
    const first = await publish(workspace);
    expect((await listPeriods(store, 'acme', first)).map((one) => [one.period, one.state])).toEqual([
      ['2026-07', 'open'],
      ['2026-08', 'open'],
    ]);
    await closePeriod(store, trace('ana'), first, '2026-07');
    const { record, pack } = await lockPeriod(store, trace('ana'), first, '2026-07');
    expect(record).toMatchObject({ state: 'locked', version: 1, runId: first.manifest.run });
    expect(pack.files.map((file) => file.name)).toContain('roi_acme_2026-07_v1.csv');
    expect(bytesOf(await exported(workspace, first, '2026-07'))).toBe(bytesOf(pack));
    expect((await ledgerLines(store, 'acme', '2026-07', 1)).find((line) => line.row_type === 'total')).toMatchObject({
      revenue_net: '100.00',
      run_id: first.manifest.run,
    });
    first.close();

    // 30.00 of July come back in August: an order_date basis puts them into July, which is locked
    await ingestPlain(workspace, refund('a', '2026-08-15T12:00:00Z', '-30.00'));
    const second = await publish(workspace);
    expect(second.manifest.run).not.toBe(record.runId);
    expect(bytesOf(await exported(workspace, second, '2026-07'))).toBe(bytesOf(pack));
    const august = await exported(workspace, second, '2026-08');
    expect(august.lines.filter((line) => line.row_type === 'prior_period_adjustment')).toMatchObject([
      { adjusts_period: '2026-07', refunds: '-30.00', revenue_net: '-30.00', orders: '0.000000000' },
    ]);
    expect(august.manifest.control_totals.revenue_net).toBe('10.00');

    // August takes it up for good; September has nothing left to take
    await closePeriod(store, trace('ana'), second, '2026-08');
    await lockPeriod(store, trace('ana'), second, '2026-08');
    await ingestPlain(workspace, order('c', '2026-09-01T12:00:00Z', '5.00'));
    const third = await publish(workspace);
    const september = await exported(workspace, third, '2026-09');
    expect(september.lines.filter((line) => line.row_type === 'prior_period_adjustment')).toEqual([]);
    expect(september.manifest.control_totals.revenue_net).toBe('5.00');

    // reopening July restates it instead
    await reopenPeriod(store, trace('ana'), third, '2026-07', { reason: 'a refund came late' });
    await expect(reopenPeriod(store, trace('ana'), third, '2026-07', { approve: true })).rejects.toMatchObject({
      code: 'not_allowed',
    });
    expect(bytesOf(await exported(workspace, third, '2026-07'))).toBe(bytesOf(pack));
    await reopenPeriod(store, trace('ben'), third, '2026-07', { approve: true });
    await closePeriod(store, trace('ana'), third, '2026-07');
    const again = await lockPeriod(store, trace('ana'), third, '2026-07');
    expect(again.record.version).toBe(2);
    const restated = await restatementsOf(store, 'acme', '2026-07', 2);
    expect(restated.find((one) => one.column === 'refunds')).toMatchObject({
      oldValue: '0.00',
      newValue: '-30.00',
      delta: '-30.00',
      kind: 'data',
      reasonCode: 'refund',
      actor: 'ana',
      approver: 'ben',
    });
    const line = again.pack.lines.find((one) => one.row_type === 'total')!;
    expect(line).toMatchObject({
      prior_version_value: '100.00',
      restatement_delta: '-30.00',
      restatement_reason: 'refund',
    });
    expect(bytesOf(await exported(workspace, third, '2026-07'))).toBe(bytesOf(again.pack));

    const actions = (await listAudit(store, 'acme', { limit: 50 })).map((row) => row.action);
    expect(actions.reverse()).toEqual([
      'period.close',
      'period.lock',
      'period.close',
      'period.lock',
      'period.reopen_asked',
      'period.reopen',
      'period.close',
      'period.lock',
    ]);
    expect((await verifyAuditChain(store, 'acme')).isIntact).toBe(true);
    // what a change left is what the next one found
    const ofJuly = (await listAudit(store, 'acme', { limit: 50 }))
      .filter((row) => row.object === 'period/2026-07')
      .reverse();
    expect(ofJuly.slice(1).map((row) => row.beforeHash)).toEqual(ofJuly.slice(0, -1).map((row) => row.afterHash));
    expect(new Set(ofJuly.map((row) => row.afterHash)).size).toBe(ofJuly.length);
    expect((await listDeliveries(store, webhook.id, 10)).map((message) => message.event).sort()).toEqual([
      'period.locked',
      'period.locked',
      'period.locked',
      'period.reopened',
    ]);
    second.close();
    third.close();
  }, 60_000);

  it('warns when what was closed has changed', async () => {
    const before = await openResults(workspace.paths);
    await closePeriod(control.store.db, trace('ana'), before, '2026-09');
    before.close();
    await ingestPlain(workspace, order('d', '2026-09-02T12:00:00Z', '6.00'));
    const results = await publish(workspace);
    const periods = await listPeriods(control.store.db, 'acme', results);
    expect(periods.find((one) => one.period === '2026-09')).toMatchObject({
      state: 'soft_closed',
      changed_since_close: true,
    });
    results.close();
  });

  it('is an append-only ledger: the database refuses to change or remove what was reported', async () => {
    const { pool } = control.store;
    for (const statement of [
      `update liftproof.roi_ledger set revenue_net = 1`,
      `delete from liftproof.roi_ledger`,
      `delete from liftproof.restatement`,
    ])
      await expect(pool.query(statement)).rejects.toThrow();
  });
});

describe('a change of method', () => {
  it('stands on lines of its own, apart from what the data changed', async () => {
    const workspace = await testWorkspace(CONFIG.replace('acme', 'method'));
    const store = control.store.db;
    const by = (who: string): Trace => trace(who, 'method');
    try {
      const touch = (id: string, day: string, source: string) => ({
        touch_id: id,
        touched_at: `2026-07-${day}T10:00:00Z`,
        kind: 'page',
        visitor_key: 'visitor:v',
        landing_query: `utm_source=${source}&utm_medium=email`,
        has_analytics_consent: 'true',
      });
      const touches = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'].flatMap((who) => [
        { ...touch(`e${who}`, '01', 'newsletter'), visitor_key: `visitor:${who}` },
        {
          ...touch(`s${who}`, '02', 'instagram'),
          landing_query: 'utm_source=instagram&utm_medium=social',
          visitor_key: `visitor:${who}`,
        },
      ]);
      const orders = Array.from({ length: 12 }, (_, i) =>
        order(`o${i + 1}`, '2026-07-10T12:00:00Z', '10.00', { customer_key: `visitor:${i + 1}` }),
      );
      await ingestPlain(workspace, together({ touch: touches }, ...orders));
      const first = await publish(workspace);
      await closePeriod(store, by('ana'), first, '2026-07');
      await lockPeriod(store, by('ana'), first, '2026-07');
      await reopenPeriod(store, by('ana'), first, '2026-07', { reason: 'another model' });
      await reopenPeriod(store, by('ben'), first, '2026-07', { approve: true });
      first.close();
      // first the data alone, then the method alone
      await ingestPlain(workspace, order('late', '2026-07-11T12:00:00Z', '7.00'));
      (await publish(workspace)).close();
      workspace.config.finance.model = 'last_touch';
      const third = await publish(workspace);
      await closePeriod(store, by('ana'), third, '2026-07');
      await lockPeriod(store, by('ana'), third, '2026-07');
      const restated = await restatementsOf(store, 'method', '2026-07', 2);
      const of = (kind: string) => restated.filter((one) => one.kind === kind && one.column === 'revenue_net');
      expect(
        of('data')
          .map((one) => one.delta)
          .sort(),
      ).toEqual(['7.00', '7.00']);
      expect(
        of('method')
          .map((one) => [one.delta, one.reasonCode])
          .sort(),
      ).toEqual([
        ['-60.00', 'model_change'],
        ['60.00', 'model_change'],
      ]);
      third.close();
    } finally {
      workspace.close();
    }
  }, 60_000);
});

describe('books that do not reconcile', () => {
  it('keep a period from being locked', async () => {
    const workspace = await testWorkspace(CONFIG.replace('acme', 'books'));
    try {
      await ingestPlain(
        workspace,
        together(order('a', '2026-07-10T12:00:00Z', '100.00', { order_name: '#A' }), {
          ledger_entry: [
            {
              entry_id: '1',
              entry_date: '2026-07-10',
              account: 'goods',
              amount: '100.01',
              currency: 'EUR',
              reference: '#A',
            },
          ],
        }),
      );
      const results = await publish(workspace);
      await closePeriod(control.store.db, trace('ana', 'books'), results, '2026-07');
      await expect(lockPeriod(control.store.db, trace('ana', 'books'), results, '2026-07')).rejects.toMatchObject({
        code: 'not_reconciled',
      });
      results.close();
    } finally {
      workspace.close();
    }
  });
});
