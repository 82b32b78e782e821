import type { Control } from '../control/open-control.ts';
import { dropOldDeliveries, emitEvent } from '../control/webhooks.ts';
import { freshnessOf } from '../run-facts.ts';
import type { ServedRuns } from '../served-runs.ts';
import { deliverDue } from './deliver.ts';

export interface WatchSettings {
  control: Control;
  workspace: string;
  runs: ServedRuns;
  now: () => Date;
  onError: (error: unknown) => void;
}

const TICK_MS = 2000;
const SLOW_TICK_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A source that says nothing new for so long is stale. */
export const STALE_DAYS = 3;
const DELIVERIES_KEPT_DAYS = 30;
const RECONCILIATION_CHECK = 'ledger_reconciles';

/** Tells webhooks of what happens: a run that is published, by whichever process, and sources that have gone quiet. @returns stops it */
export function watchEvents(settings: WatchSettings): () => Promise<void> {
  const { control, workspace, runs, now, onError } = settings;
  let served = runs.currentName();
  let isBusy = false;
  let last: Promise<void> = Promise.resolve();

  const tick = async (): Promise<void> => {
    const name = runs.currentName();
    if (name !== undefined && name !== served) {
      await tellPublished(settings, name);
      served = name;
    }
    await deliverDue(control, workspace, now, Math.random);
  };
  const guarded = (work: () => Promise<void>): void => {
    if (isBusy) return;
    isBusy = true;
    last = work()
      .catch(onError)
      .finally(() => {
        isBusy = false;
      });
  };
  const slowTick = async (): Promise<void> => {
    await tellStale(settings);
    await dropOldDeliveries(control.db, workspace, new Date(now().getTime() - DELIVERIES_KEPT_DAYS * DAY_MS));
  };
  const timers = [
    setInterval(() => guarded(tick), TICK_MS),
    setInterval(() => slowTick().catch(onError), SLOW_TICK_MS),
  ];
  return async () => {
    for (const timer of timers) clearInterval(timer);
    await last;
  };
}

export async function tellPublished({ control, workspace, runs, now }: WatchSettings, name: string): Promise<void> {
  const { run, run_hash, period, checks } = await runs.use(name, async (results) => results.manifest);
  const broken = checks.filter((check) => check.broken > 0).map((check) => check.check);
  await emitEvent(control.db, workspace, 'run.published', { run, run_hash, period, broken_checks: broken }, now(), run);
  const open = checks.find((check) => check.check === RECONCILIATION_CHECK && check.broken > 0);
  if (open === undefined) return;
  const data = { run, open_bridges: open.broken, rule: open.rule };
  await emitEvent(control.db, workspace, 'reconciliation.broken', data, now(), run);
  if (broken.includes('ledger_reconciles'))
    await emitEvent(control.db, workspace, 'reconciliation.broken', { run, run_hash }, now(), run);
}

/** Each quiet source is told once, until it speaks again. */
export async function tellStale({ control, workspace, runs, now }: WatchSettings): Promise<void> {
  if (runs.currentName() === undefined) return;
  const sources = await runs.use(undefined, (results) => freshnessOf(results));
  for (const [source, last] of Object.entries(sources)) {
    if (last === null || now().getTime() - Date.parse(last) < STALE_DAYS * DAY_MS) continue;
    const data = { source, last_exported_at: last };
    await emitEvent(control.db, workspace, 'source.stale', data, now(), `${source} ${last}`);
  }
}
