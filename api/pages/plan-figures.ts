import type { PlanResult } from '../../pipeline/plans/make-plan.ts';
import type { GeoPlanResult } from '../../pipeline/plans/plan-geo.ts';
import type { PostingPlanResult } from '../../pipeline/plans/plan-posting.ts';
import type { UsersPlanResult } from '../../pipeline/plans/plan-users.ts';
import { countColumn, dayColumn, makeTable, shareColumn, textColumn } from '../../pipeline/views/make-table.ts';
import { drawBars } from './charts/rows.ts';
import { day, listed, number } from './format.ts';
import type { Figure } from './page.ts';

/** What a plan found, in words. */
export function sentencesOf(plan: PlanResult): string[] {
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

/** Its power by size of the lift, and the designs or the schedule. */
export function planFigures(plan: PlanResult): Figure[] {
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

function share(value: number): string {
  return `${Number((100 * value).toPrecision(3))} %`;
}
