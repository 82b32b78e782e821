import { describe, expect, it } from 'vitest';
import { type CheckResult, isBuilt, runChecks, stopOnErrors, withoutNames } from '../../pipeline/judge.ts';
import { run } from '../../pipeline/run.ts';
import { testWorkspace } from '../helpers.ts';
import { buildUnder, ingestPlain } from '../sql/plain.ts';

const CONFIG = 'workspace: judged\nreporting: { time_zone: UTC, currency: EUR }\n';

describe('checks', () => {
  it('count every broken row, and show the first five in an order that does not depend on arrival', async () => {
    const workspace = await testWorkspace(CONFIG);
    try {
      const rows = [7, 3, 1, 6, 2, 5, 4].map((i) => ({
        touch_id: `t${i}`,
        touched_at: '2026-03-01T00:00:00Z',
        kind: 'page',
        landing_query: `utm_source=x&utm_campaign=unknown${i}`,
      }));
      await ingestPlain(workspace, { touch: rows });
      await buildUnder(workspace, CONFIG);
      const found = (await runChecks(workspace.warehouse, workspace.config)).find(
        (result) => result.check === 'unmapped_campaigns',
      )!;
      expect(found).toMatchObject({ severity: 'warn', broken: 7 });
      expect(found.examples.map((row) => row.campaign)).toEqual([
        'unknown1',
        'unknown2',
        'unknown3',
        'unknown4',
        'unknown5',
      ]);
      expect(found.rule).toMatch(/^utm_campaign values that belong to no campaign/);
    } finally {
      workspace.close();
    }
  });

  it('are made once a build came to its end', async () => {
    const workspace = await testWorkspace(CONFIG);
    try {
      expect(await isBuilt(workspace.warehouse)).toBe(false);
      await run(workspace, { now: new Date('2026-07-01T00:00:00Z') });
      expect(await isBuilt(workspace.warehouse)).toBe(true);
      await workspace.warehouse.run(`insert into staging.built values ('b', 'unfinished')`);
      expect(await isBuilt(workspace.warehouse)).toBe(false);
    } finally {
      workspace.close();
    }
  });

  const result = (check: string, severity: 'error' | 'warn', broken: number, id = 'campaign'): CheckResult => ({
    check,
    severity,
    rule: 'A rule.',
    broken,
    examples: broken > 0 ? [{ [id]: 1 }] : [],
  });

  it('stop a run when a rule of severity error is broken, and name every such rule', () => {
    const results = [
      result('fine', 'error', 0),
      result('worth_a_look', 'warn', 9),
      result('first', 'error', 2),
      result('second', 'error', 1),
    ];
    expect(() => stopOnErrors(results)).toThrow(
      expect.objectContaining({
        code: 'check_failed',
        message:
          'first, second: 2 rows break "A rule." (for example {"campaign":1}); nothing was published, the last run stays; "liftproof check" names the rows',
      }),
    );
  });

  it.each(['source_order_id', 'conversion_id', 'money_event_id', 'touch_id', 'person_id', 'visitor_key'])(
    'let no %s out of the warehouse: neither with the run nor with the message that stops it',
    (id) => {
      const broken = result('rule', 'error', 2, id);
      expect(withoutNames([broken])).toEqual([{ ...broken, examples: [] }]);
      expect(() => stopOnErrors([broken])).toThrow(
        expect.objectContaining({
          message: expect.stringMatching(/^rule: 2 rows break "A rule\."; nothing was published/),
          details: { checks: [{ ...broken, examples: [] }] },
        }),
      );
    },
  );

  it('let a run pass when only warnings are there', () => {
    expect(() => stopOnErrors([result('fine', 'error', 0), result('worth_a_look', 'warn', 9)])).not.toThrow();
  });
});
