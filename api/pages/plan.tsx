import { listJobs } from '../../pipeline/control/jobs.ts';
import type { PlanResult } from '../../pipeline/plans/make-plan.ts';
import { makeTable, textColumn } from '../../pipeline/views/make-table.ts';
import { searchOf } from './asked.ts';
import { FigureView } from './figure.tsx';
import { instant } from './format.ts';
import type { Figure, Page, PageCall } from './page.ts';
import { planFigures, sentencesOf } from './plan-figures.ts';
import { PlanForms } from './plan-forms.tsx';

const ID = 'plan';
const SHOWN = 50;
const DESIGNS: Readonly<Record<string, string>> = {
  geo: 'places',
  posting: 'a posting schedule',
  users: 'users',
};

type PlanJob = Awaited<ReturnType<typeof listJobs>>[number];

export const planPage: Page = {
  id: ID,
  title: 'Plan a test',
  about: 'Which test would answer, how long it takes, and what it could find.',
  filters: [],
  scope: 'read:ops',
  isLive: true,
  async make(call) {
    const { control, session } = call;
    if (control === undefined)
      return {
        figures: [],
        body: (
          <p>
            This server has no control store, so it plans nothing. In the shell: <code>liftproof plan geo</code>,{' '}
            <code>liftproof plan posting</code>, <code>liftproof plan users</code>.
          </p>
        ),
      };
    const jobs = await listJobs(control.db, call.workspace, { limit: SHOWN, kind: 'plan' });
    const asked = call.asked.plan;
    const chosen = asked === undefined ? jobs[0] : jobs.find((one) => one.id === asked);
    const plan = chosen?.state === 'succeeded' ? (chosen.result as PlanResult) : undefined;
    const details = plan === undefined ? [] : planFigures(plan);
    const all = plansFigure(jobs);
    return {
      figures: [...details, all],
      body: (
        <>
          {asked !== undefined && chosen === undefined ? (
            <p class="error">
              There is no plan {asked} among the last {SHOWN}.
            </p>
          ) : null}
          {chosen === undefined ? <p>Nothing was planned yet.</p> : <Chosen call={call} job={chosen} plan={plan} />}
          {details.map((figure) => (
            <FigureView figure={figure} call={call} page={ID} />
          ))}
          {session.csrf === null || !session.scopes.includes('run:models') ? null : <PlanForms call={call} />}
          {jobs.length < 2 ? null : (
            <section class="box">
              <h2>Earlier plans</h2>
              <ul>
                {jobs.map((job) => (
                  <li>
                    <a
                      href={`/w/${call.workspace}/${ID}${searchOf({ ...call.asked, plan: job.id })}`}
                      aria-current={job === chosen ? 'true' : undefined}
                    >
                      {designOf(job)}, {instant(job.createdAt.toISOString())}
                    </a>
                    : {job.state}
                  </li>
                ))}
              </ul>
            </section>
          )}
          <FigureView figure={all} call={call} page={ID} />
        </>
      ),
    };
  },
};

function Chosen({ call, job, plan }: { call: PageCall; job: PlanJob; plan: PlanResult | undefined }) {
  const error = job.error as { message?: string } | null;
  return (
    <section class="box" id="chosen">
      <h2>
        A test with {designOf(job)}, planned {instant(job.createdAt.toISOString())}
      </h2>
      {job.state === 'queued' || job.state === 'running' ? (
        <p>
          {job.state === 'queued'
            ? 'It waits for its turn'
            : `It is being worked on${job.progress ? `: ${job.progress}` : ''}`}
          . <a href={`/w/${call.workspace}/${ID}${searchOf({ ...call.asked, plan: job.id })}`}>Look again</a>
        </p>
      ) : null}
      {job.state === 'cancelled' ? <p>It was cancelled.</p> : null}
      {job.state === 'failed' ? <p class="error">It could not be planned: {error?.message}.</p> : null}
      {plan === undefined ? null : (
        <>
          {sentencesOf(plan).map((sentence) => (
            <p>{sentence}</p>
          ))}
          <Entry yaml={plan.yaml} />
        </>
      )}
    </section>
  );
}

function Entry({ yaml }: { yaml: string | null }) {
  if (yaml === null) return null;
  return (
    <>
      <p>
        Write this into <code>liftproof.yaml</code> before the first day; every run then measures it when it is over.
      </p>
      <pre class="once">
        <code>{yaml}</code>
      </pre>
    </>
  );
}

function designOf({ input }: PlanJob): string {
  return DESIGNS[(input as { design?: string }).design ?? ''] ?? 'a test';
}

function plansFigure(jobs: readonly PlanJob[]): Figure {
  return {
    id: 'plans',
    title: 'All plans',
    summary:
      jobs.length === 0
        ? 'No plan was asked for yet.'
        : `The last ${jobs.length === 1 ? 'plan' : `${jobs.length} plans`} that the server was asked for.`,
    table: makeTable(
      [
        textColumn('id', 'Id'),
        textColumn('design', 'Test with'),
        textColumn('state', 'State'),
        textColumn('actor', 'Asked by'),
        { id: 'created', label: 'Asked', type: 'instant' },
        { id: 'ended', label: 'Ended', type: 'instant' },
      ],
      jobs.map((job) => ({
        id: job.id,
        design: designOf(job),
        state: job.state,
        actor: job.actor,
        created: job.createdAt.toISOString(),
        ended: job.endedAt?.toISOString() ?? null,
      })),
    ),
    how: 'plan',
  };
}
