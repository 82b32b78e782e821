import type { Context } from 'hono';
import { InputError } from '../../models/errors.ts';
import { keyChecker } from '../../pipeline/control/keys.ts';
import type { Control } from '../../pipeline/control/open-control.ts';
import type { Trace } from '../../pipeline/finance/period-store.ts';
import { closePeriod, listPeriods, lockPeriod, type PeriodView, reopenPeriod } from '../../pipeline/finance/periods.ts';
import type { Results } from '../../pipeline/results.ts';
import { addressOf } from '../request.ts';
import type { PageSession } from './access.ts';
import { day, instant, listed } from './format.ts';
import type { PageCall } from './page.ts';

const STATE_WORDS: Readonly<Record<PeriodView['state'], string>> = {
  open: 'open',
  soft_closed: 'closed: a change is warned about',
  locked: 'locked: what was reported stays',
  reopened: 'reopened: the next lock is a new version',
};

/** The periods by state, for the foot of every page: `2026-04 and 2026-05 locked, 2026-06 open`; null for who may not see them. */
export async function periodSummary({ control, results, workspace, session }: PageCall): Promise<string | null> {
  if (control === undefined || !session.scopes.includes('finance:read')) return null;
  const periods = await listPeriods(control.db, workspace, results);
  const states = ['locked', 'reopened', 'soft_closed', 'open'] as const;
  const words = { locked: 'locked', reopened: 'reopened', soft_closed: 'closed', open: 'open' };
  const parts = states.flatMap((state) => {
    const own = periods.filter((one) => one.state === state).map((one) => one.period);
    return own.length === 0 ? [] : [`${own.length > 6 ? `${own.length} periods` : listed(own)} ${words[state]}`];
  });
  return parts.length === 0 ? null : parts.join(', ');
}

/** What the books say about each period, and what may be done to the chosen one. */
export async function PeriodStates({ call, chosen }: { call: PageCall; chosen: string }) {
  const { control, results, workspace, session } = call;
  if (control === undefined || !session.scopes.includes('finance:read')) return null;
  const periods = await listPeriods(control.db, workspace, results);
  const own = periods.find((one) => one.period === chosen);
  return (
    <>
      <section class="scroll" aria-label="States of the periods" tabindex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">Period</th>
              <th scope="col">Days</th>
              <th scope="col">State</th>
              <th scope="col">Reported</th>
              <th scope="col">By whom</th>
            </tr>
          </thead>
          <tbody>
            {periods.map((one) => (
              <tr>
                <th scope="row">{one.period}</th>
                <td class="keep">
                  {day(one.period_start)} to {day(one.period_end)}
                </td>
                <td>
                  {STATE_WORDS[one.state]}
                  {one.changed_since_close === true ? ' (it changed since it was closed)' : ''}
                </td>
                <td>{one.version === 0 ? 'not yet' : `version ${one.version} of ${one.runId}`}</td>
                <td>{whoOf(one)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {own !== undefined && own.version > 0 && own.runId !== results.manifest.run ? (
        <p class="error">
          What was reported of {own.period} is version {own.version}, of {own.runId}. The tables below are of the run
          now and may differ; <code>liftproof export roi --period {own.period}</code> gives what was reported.
        </p>
      ) : null}
      {own === undefined || !session.scopes.includes('finance:close') ? null : <Forms call={call} period={own} />}
    </>
  );
}

function whoOf(one: PeriodView): string {
  if (one.state === 'locked' && one.reopenRequestedBy !== null)
    return `${one.reopenRequestedBy} asks to reopen it: ${one.reopenReason}`;
  if (one.state === 'locked') return `${one.lockedBy}, ${instant(one.lockedAt)}`;
  if (one.state === 'soft_closed') return `${one.closedBy}, ${instant(one.closedAt)}`;
  if (one.state === 'reopened') return `${one.reopenRequestedBy ?? ''}, approved by ${one.reopenApprovedBy}`;
  return '–';
}

/** Steps that a stolen session must not take. */
const NEEDS_KEY: readonly string[] = ['reopen', 'approve'];

/** One form for the one step that comes next. */
function Forms({ call, period }: { call: PageCall; period: PeriodView }) {
  const step = nextStep(period);
  return (
    <form method="post" action={`/w/${call.workspace}/finance`} class="box">
      <input type="hidden" name="csrf_token" value={call.session.csrf ?? ''} />
      <input type="hidden" name="period" value={period.period} />
      <input type="hidden" name="basis" value={call.shown.basis} />
      <input type="hidden" name="step" value={step.id} />
      <p>{step.words}</p>
      {step.id === 'reopen' ? (
        <label>
          Reason
          <input name="reason" required maxlength={500} />
        </label>
      ) : null}
      {NEEDS_KEY.includes(step.id) ? (
        <label>
          Your key, once more
          <input name="key" type="password" required autocomplete="current-password" />
        </label>
      ) : null}
      <p>
        <button type="submit">
          {step.button} {period.period}
        </button>
      </p>
    </form>
  );
}

function nextStep(period: PeriodView): { id: string; button: string; words: string } {
  if (period.state === 'soft_closed')
    return {
      id: 'lock',
      button: 'Lock',
      words:
        'Locking pins this run, writes every line into the ROI ledger, and refuses changes. It needs a bridge that closes to 0.00.',
    };
  if (period.state !== 'locked')
    return {
      id: 'close',
      button: 'Close',
      words: 'Closing says that the numbers are final; a later change is warned about.',
    };
  if (period.reopenRequestedBy !== null)
    return {
      id: 'approve',
      button: 'Approve reopening',
      words: `${period.reopenRequestedBy} asks to reopen it: ${period.reopenReason}. Somebody else has to approve.`,
    };
  return {
    id: 'reopen',
    button: 'Ask to reopen',
    words: 'Reopening takes a reason and a second person; what is reported next is a new version beside this one.',
  };
}

/**
 * Does what a form of the finance page asks.
 *
 * @returns the period
 * @throws InputError for a step that the state of the period does not allow
 */
export async function takePeriodStep(
  c: Context,
  {
    workspace,
    control,
    session,
    results,
    now,
  }: {
    workspace: string;
    control: Control;
    session: PageSession;
    results: Results;
    now: Date;
  },
): Promise<string> {
  const form = await c.req.parseBody();
  const field = (name: string): string => {
    const value = form[name];
    return typeof value === 'string' ? value : '';
  };
  const trace: Trace = {
    workspace,
    actor: session.actor,
    now,
    keyId: session.id ?? undefined,
    memberId: session.memberId,
    ip: addressOf(c),
    requestId: String(c.get('requestId')),
  };
  const period = field('period');
  const basis = field('basis') === 'event_date' ? 'event_date' : 'order_date';
  if (NEEDS_KEY.includes(field('step'))) await checkOwnKey(field('key'), { control, session, now, ip: trace.ip });
  switch (field('step')) {
    case 'close':
      await closePeriod(control.db, trace, results, period);
      return period;
    case 'lock':
      await lockPeriod(control.db, trace, results, period, { basis });
      return period;
    case 'reopen':
      await reopenPeriod(control.db, trace, results, period, { reason: field('reason') });
      return period;
    case 'approve':
      await reopenPeriod(control.db, trace, results, period, { approve: true });
      return period;
    default:
      throw new InputError('usage', 'the form does not say what to do with the period');
  }
}

/** @throws InputError `not_allowed` unless the key is the one that the session was opened with */
async function checkOwnKey(
  token: string,
  { control, session, now, ip }: { control: Control; session: PageSession; now: Date; ip: string | undefined },
): Promise<void> {
  const key = await keyChecker(control.db, control.pepper)(token.trim(), now, ip);
  if (key === undefined || key.id !== session.id)
    throw new InputError('not_allowed', 'that is not the key that you signed in with; type it once more');
}
