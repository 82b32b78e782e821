import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { InputError } from '../../models/errors.ts';
import { type ControlStore, withTransaction } from './store.ts';

/** What the control store knows of a workspace for good; sessions, queues and files that end by themselves are left out. */
const TABLES = [
  { table: 'workspace', column: 'name' },
  { table: 'member', column: 'workspace' },
  { table: 'api_key', column: 'workspace' },
  { table: 'job', column: 'workspace' },
  { table: 'audit', column: 'workspace' },
  { table: 'saved_report', column: 'workspace' },
  { table: 'finance_period', column: 'workspace' },
  { table: 'roi_ledger', column: 'workspace' },
  { table: 'restatement', column: 'workspace' },
  { table: 'webhook', column: 'workspace' },
  { table: 'share_link', column: 'workspace' },
] as const;

/** Writes the rows of a workspace as they are at one moment, one JSON a line. @returns how many */
export async function dumpControl(store: ControlStore, workspace: string, path: string): Promise<number> {
  writeFileSync(path, '', { mode: 0o600 });
  let rows = 0;
  await withTransaction(store, async (_db, executeSql) => {
    await executeSql('set transaction isolation level repeatable read, read only');
    for (const { table, column } of TABLES) {
      const found = await executeSql(
        // jobs that have not ended belong to the queue, which is not kept
        `select to_jsonb(t)::text as row from liftproof.${table} t where t.${column} = $1 ${table === 'job' ? 'and ended_at is not null' : ''}`,
        [workspace],
      );
      const lines = (found.rows as { row: string }[]).map(({ row }) => `${table} ${row}\n`);
      appendFileSync(path, lines.join(''), { flush: true });
      rows += lines.length;
    }
  });
  return rows;
}

/**
 * Puts dumped rows into a control store that does not know the workspace yet.
 *
 * @throws InputError `not_allowed` when it does, `damaged` for a file that is no dump
 */
export async function loadControl(store: ControlStore, workspace: string, path: string): Promise<number> {
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  await withTransaction(store, async (_db, executeSql) => {
    const known = await executeSql('select 1 from liftproof.workspace where name = $1', [workspace]);
    if (known.rows.length > 0)
      throw new InputError(
        'not_allowed',
        `the control store knows ${workspace} already; restore into another one (--home, DATABASE_URL)`,
      );
    for (const [i, line] of lines.entries()) {
      const [table, row] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)];
      if (!TABLES.some((one) => one.table === table))
        throw new InputError('damaged', `${path}:${i + 1}: not a row of the control store`);
      await executeSql(
        `insert into liftproof.${table} select * from jsonb_populate_record(null::liftproof.${table}, $1::jsonb)`,
        [row],
      );
    }
  });
  return lines.length;
}
