import { countWords } from './count-words.ts';
import type { DoctorFinding } from './doctor.ts';
import type { Manifest } from './publish.ts';
import { makeReport } from './reports.ts';
import { type OpenResults, openResults, type Results } from './results.ts';
import { freshnessOf } from './run-facts.ts';
import type { Workspace } from './workspace.ts';

const DAY = 86_400_000;
/** Days after which a source, and a run, are called old. */
const STALE = { source: 8, run: 35 } as const;

/** Looks the published run over: that its reader is locked in, how old it and its sources are, prices, books and the mix. */
export async function examineRun(workspace: Workspace, now: Date = new Date()): Promise<DoctorFinding[]> {
  const results = await openResults(workspace.paths);
  try {
    return [
      sourceZones(workspace),
      await locked(results),
      age(results.manifest, now),
      await freshness(results, now),
      prices(results.manifest),
      await books(results),
      await mix(results),
    ];
  } finally {
    results.close();
  }
}

function sourceZones({ config }: Workspace): DoctorFinding {
  const own = config.sources.filter(({ time_zone }) => time_zone !== undefined);
  const named = own.map(({ id, time_zone }) => `${id} ${time_zone}`).join(', ');
  return {
    check: 'source zones',
    state: 'ok',
    finding: `${own.length} of ${config.sources.length} sources name a time zone${named === '' ? '' : ` (${named})`}; the others carry it in their files`,
  };
}

async function locked({ warehouse }: OpenResults): Promise<DoctorFinding> {
  const value = await warehouse.value<string>(
    `select cast(value as varchar) from duckdb_settings() where name = 'lock_configuration'`,
  );
  return value === 'true'
    ? { check: 'reader', state: 'ok', finding: 'reads its own folder only; its configuration is locked' }
    : { check: 'reader', state: 'bad', finding: 'its configuration is not locked', advice: 'reinstall liftproof' };
}

function age({ run, made_at: made }: Manifest, now: Date): DoctorFinding {
  const days = Math.floor((now.getTime() - Date.parse(made)) / DAY);
  const isOld = days > STALE.run;
  return {
    check: 'age of the run',
    state: isOld ? 'warn' : 'ok',
    finding: `${run} was made ${days < 1 ? 'today' : `${days} ${days === 1 ? 'day' : 'days'} ago`}`,
    ...(isOld ? { advice: 'ingest newer exports, then liftproof run' } : {}),
  };
}

async function freshness(results: Results, now: Date): Promise<DoctorFinding> {
  const old = Object.entries(await freshnessOf(results)).flatMap(([source, at]) => {
    const days = at === null ? null : Math.floor((now.getTime() - Date.parse(at)) / DAY);
    return days !== null && days > STALE.source ? [`${source} ${days} days`] : [];
  });
  return old.length === 0
    ? { check: 'freshness', state: 'ok', finding: `no source is older than ${STALE.source} days` }
    : {
        check: 'freshness',
        state: 'warn',
        finding: `old exports: ${old.join(', ')}`,
        advice: 'export and ingest them again, if they still run',
      };
}

function prices({ checks }: Manifest): DoctorFinding {
  const broken = checks.filter(({ check, broken }) => check.startsWith('unpriced_') && broken > 0);
  return broken.length === 0
    ? { check: 'exchange rates', state: 'ok', finding: 'everything in another currency has a rate of its day' }
    : {
        check: 'exchange rates',
        state: 'warn',
        finding: broken
          .map(({ check, broken }) => `${check.replaceAll('_', ' ')}: ${countWords(broken, 'row')}`)
          .join(', '),
        advice: broken.some(({ check }) => check === 'unpriced_costs')
          ? '"liftproof check" says which lack a rate (ingest it: plain_fx_rate) and which name an order that is not there, or twice'
          : 'ingest the missing rates (plain_fx_rate); "liftproof check" names the days',
      };
}

async function books(results: Results): Promise<DoctorFinding> {
  if (!results.manifest.files.some(({ name }) => name === 'reconciliation.parquet'))
    return { check: 'reconciliation', state: 'ok', finding: 'the run has none' };
  const { table } = await makeReport(results, 'reconciliation', {});
  const { is_reconciled: holds } = table.meta;
  if (holds === null) return { check: 'reconciliation', state: 'ok', finding: 'no books were loaded' };
  return holds === true
    ? { check: 'reconciliation', state: 'ok', finding: 'the books lead to what was attributed' }
    : {
        check: 'reconciliation',
        state: 'warn',
        finding: 'the books do not lead to what was attributed',
        advice: 'liftproof report reconciliation, then liftproof check --ledger',
      };
}

async function mix(results: Results): Promise<DoctorFinding> {
  const [row] = await results.rows<{ status: string; message: string | null; is_current: boolean; last: string }>(
    'select status, message, is_current, cast(last_week_date as varchar) as last from mix_run',
  );
  if (row === undefined) return { check: 'mix', state: 'ok', finding: 'none in liftproof.yaml' };
  if (row.status !== 'ok')
    return {
      check: 'mix',
      state: 'warn',
      finding: `${row.status.replaceAll('_', ' ')}: ${row.message}`,
      advice: 'docs/mix.md says what to change',
    };
  return row.is_current
    ? { check: 'mix', state: 'ok', finding: `fitted up to the week of ${row.last}, the chains agree` }
    : {
        check: 'mix',
        state: 'warn',
        finding: `the fit stands beside newer data (last week ${row.last})`,
        advice: 'liftproof run --only mix',
      };
}
