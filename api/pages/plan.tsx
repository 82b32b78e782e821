import { listJobs } from '../../pipeline/control/jobs.ts';
import type { PlanResult } from '../../pipeline/plans/make-plan.ts';
import type { GeoPlanResult } from '../../pipeline/plans/plan-geo.ts';
import type { PostingPlanResult } from '../../pipeline/plans/plan-posting.ts';
import type { UsersPlanResult } from '../../pipeline/plans/plan-users.ts';
import { countColumn, dayColumn, makeTable, shareColumn, textColumn } from '../../pipeline/views/make-table.ts';
import { searchOf } from './asked.ts';
import { drawBars } from './charts/rows.ts';
import { FigureView } from './figure.tsx';
import { day, instant, listed, number } from './format.ts';
import type { Figure, Page, PageCall } from './page.ts';
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
    const details = plan === undefined ? [] : figuresOf(plan);
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

function share(value: number): string {
  return `${Number((100 * value).toPrecision(3))} %`;
}

function learntFrom({ history }: GeoPlanResult | PostingPlanResult): string {
  const left = [
    ...(history.left_out_geos.length > 0 ? [`${listed(history.left_out_geos)} (too many days missing)`] : []),
    ...(history.left_out_days.length > 0
      ? [
          `${number(history.left_out_days.length)} ${history.left_out_days.length === 1 ? 'day' : 'days'} that some place misses`,
        ]
      : []),
  ];
  return `Learnt from ${number(history.days)} days of ${number(history.geos)} places, ${day(history.from)} to ${day(history.to)}${left.length === 0 ? '' : `; left out: ${listed(left)}`}.`;
}

function sentencesOf(plan: PlanResult): string[] {
  switch (plan.design) {
    case 'geo':
      return geoSentences(plan);
    case 'posting': {
      const { mde, runs } = plan.found;
      return [
        mde === null
          ? `No effect that was tried is found with ${share(plan.power)} power: take more blocks, more places, or longer blocks.`
          : `The smallest effect that such a schedule finds with ${share(plan.power)} power is ${share(mde)} of sales, judged on ${number(runs)} draws over history at the ${share(plan.level)} level.`,
        learntFrom(plan),
        `Drawn with seed ${plan.seed}: write it down before the first day. The first ${number(plan.washout_days)} days of each block are not read.`,
      ];
    }
    case 'users':
      return usersSentences(plan);
  }
}

function geoSentences(plan: GeoPlanResult): string[] {
  const { cheapest, randomised } = plan;
  const asked = plan.target === null ? 'some lift that was tried' : `a lift of ${share(plan.target)}`;
  const coin = randomised.designs.find((one) => one.can_answer);
  return [
    cheapest === null
      ? `No design that was tried can find ${asked} with ${share(plan.power)} power: try longer tests, more places, or more history.`
      : `The cheapest design that can find ${asked}: treat ${listed(cheapest.treated)} for ${number(cheapest.periods)} days${cheapest.mde === null ? '' : `; it finds a lift of ${share(cheapest.mde)}`}.`,
    randomised.treated.length === 0
      ? 'With so few places a coin has nothing to choose from.'
      : `Better still, let a coin choose: it makes the test an experiment (A) instead of a comparison (B at best). Seed ${plan.seed} treats ${listed(randomised.treated)}; the other place of each pair stays untreated. ${
          coin?.mde === null || coin === undefined
            ? 'Read against all coins that could have fallen, it cannot find it.'
            : `Read against all coins that could have fallen, it finds a lift of ${share(coin.mde)} in ${number(coin.periods)} days.`
        }`,
    learntFrom(plan),
  ];
}

function usersSentences(plan: UsersPlanResult): string[] {
  return [
    `To find a lift of ${share(plan.lift)} among the exposed with ${share(plan.power)} power at the ${share(plan.level)} level takes ${number(plan.users)} users: ${number(plan.treated)} treated and ${number(plan.control)} held out.`,
    plan.days === null
      ? 'How long that takes is not known without the users a day.'
      : `With the users a day that were told, that is ${number(plan.days)} days.`,
    ...(plan.saved_by_history > 0
      ? [`What is known of users from before saves ${number(plan.saved_by_history)} of them.`]
      : []),
    ...(plan.given === undefined
      ? []
      : [`${number(plan.given.users)} users would find a lift of ${share(plan.given.mde)}.`]),
  ];
}

function figuresOf(plan: PlanResult): Figure[] {
  if (plan.design === 'users') return [];
  const curve = plan.design === 'posting' ? plan.found.curve : (best(plan)?.curve ?? []);
  return [
    ...(curve.length === 0 ? [] : [powerFigure(curve, plan)]),
    plan.design === 'posting' ? scheduleFigure(plan) : designsFigure(plan),
  ];
}

/** What the page recommends: by coin where that can answer. */
function best(plan: GeoPlanResult): GeoPlanResult['cheapest'] {
  return plan.randomised.designs.find((one) => one.can_answer) ?? plan.cheapest ?? plan.designs[0] ?? null;
}

function powerFigure(
  curve: readonly { effect: number; power: number }[],
  plan: GeoPlanResult | PostingPlanResult,
): Figure {
  const enough = curve.find((point) => point.power >= plan.power);
  // what comes after a lift that is always found is always found
  const sure = curve.findIndex((point) => point.power >= 1);
  const drawn = sure < 0 ? curve : curve.slice(0, sure + 1);
  return {
    id: 'plan-power',
    title: 'How likely a lift would be found',
    summary:
      enough === undefined
        ? `None of the lifts tried, up to ${share(curve[curve.length - 1].effect)}, is found in ${share(plan.power)} of cases.`
        : `A lift of ${share(enough.effect)} is found in ${share(enough.power)} of cases.`,
    draw: drawn.every(({ power }) => power === 0)
      ? undefined
      : (width) =>
          drawBars(
            drawn.map(({ effect, power }) => ({
              label: share(effect),
              value: power,
              text: share(power),
              isMuted: power < plan.power,
            })),
            { width, format: share },
          ),
    table: makeTable(
      [shareColumn('effect', 'Planted lift'), shareColumn('power', 'Found in')],
      curve.map(({ effect, power }) => ({ effect: effect.toFixed(4), power: power.toFixed(4) })),
    ),
    how: 'plan',
    notes: [
      'At a lift of 0 % stands how often the test finds something although nothing was planted.',
      ...(drawn.length < curve.length ? ['Every larger lift that was tried is always found; the table has them.'] : []),
    ],
  };
}

function designsFigure(plan: GeoPlanResult): Figure {
  const able = plan.designs.filter((one) => one.can_answer).length;
  const hasCost = plan.designs.some((one) => (one.cost ?? 0) > 0);
  const cell = (value: number | null): string | null => (value === null ? null : value.toFixed(4));
  return {
    id: 'plan-designs',
    title: 'Designs that were tried',
    summary: `Of ${number(plan.designs_total)} designs, ${number(able)} can answer${plan.designs_total > plan.designs.length ? `; the best ${number(plan.designs.length)} are shown` : ''}.`,
    table: makeTable(
      [
        textColumn('treated', 'Treated places'),
        countColumn('periods', 'Days'),
        shareColumn('mde', 'Smallest lift found'),
        shareColumn('false_positives', 'Finds something in nothing'),
        shareColumn('holdout_share', 'Volume left untreated'),
        ...(hasCost ? [{ id: 'cost', label: 'Cost', type: 'decimal', scale: 2 } as const] : []),
        textColumn('judged', 'Judged by'),
        { id: 'can_answer', label: 'Can answer', type: 'boolean' },
      ],
      plan.designs.map((one) => ({
        treated: one.treated.join(', '),
        periods: one.periods,
        mde: cell(one.mde),
        false_positives: cell(one.false_positives),
        holdout_share: cell(one.holdout_share),
        cost: one.cost === null ? null : one.cost.toFixed(2),
        judged: one.confirmed ? 'the very test' : 'a quicker test',
        can_answer: one.can_answer,
      })),
    ),
    how: 'plan',
  };
}

function scheduleFigure(plan: PostingPlanResult): Figure {
  return {
    id: 'plan-schedule',
    title: 'When to post and when to hold back',
    summary: `${number(plan.blocks)} blocks of ${number(plan.block_days)} days in ${number(plan.regions.length)} ${plan.regions.length === 1 ? 'place' : 'places'}; of each two blocks that follow each other one is without organic posts.`,
    table: makeTable(
      [
        textColumn('region', 'Place'),
        countColumn('block', 'Block'),
        dayColumn('from', 'First day'),
        dayColumn('to', 'Last day'),
        textColumn('post', 'Organic posts'),
      ],
      plan.schedule.map((row) => ({ ...row, post: row.post ? 'post' : 'hold back' })),
    ),
    how: 'plan',
  };
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
