/**
 * What every attribution model says of markets whose true incremental orders are known, from unconfounded to badly confounded.
 *
 *     tsx bench/studies/credit-against-truth.ts [markets per level] [view]
 *
 * Per level of confounding: credited / true orders of all eleven marketing channels, NMAE = sum |credit - truth| / sum truth over
 * channels, and the rank correlation of credit with truth. `view` is `complete` (default: every visit is known, so that only
 * confounding is to blame) or `observed` (consent and lost links as they are). 50 markets take about two minutes of one processor.
 */
import { attributePaths, attributeTimed } from '../../models/attribution/index.ts';
import { CHANNELS } from '../../models/simulate/channels.ts';
import { type JourneyOptions, pathsOf, timedJourneysOf } from '../../models/simulate/journeys.ts';
import { type Market, simulateMarket } from '../../models/simulate/market.ts';
import { printTable } from '../harness.ts';

const perLevel = Number(process.argv[2] ?? 10);
const view = (process.argv[3] ?? 'complete') as JourneyOptions['view'];
const LEVELS = [0, 0.25, 0.5, 0.75, 1];

const PATH_REQUESTS = [
  { model: 'first_touch' },
  { model: 'last_touch' },
  { model: 'last_non_direct' },
  { model: 'linear' },
  { model: 'position_based' },
  { model: 'markov', order: 1 },
  { model: 'markov', order: 2 },
  { model: 'markov', order: 3 },
  { model: 'shapley' },
  { model: 'shapley_rate' },
] as const;

/** Credited orders of each channel, in the order of `CHANNELS`, by model. */
function creditsOf(market: Market): Map<string, number[]> {
  const paths = pathsOf(market, { view });
  const timed = timedJourneysOf(market, { view });
  const results = [
    ...PATH_REQUESTS.map((request) => ({ request, result: attributePaths(paths, { ...request, replicates: 0 }) })),
    ...(['time_decay', 'learned_decay'] as const).map((model) => ({
      request: { model },
      result: attributeTimed(timed, { model, replicates: 0 }),
    })),
  ];
  const credits = new Map(
    results.map(({ request, result }) => {
      const name = 'order' in request ? `${request.model}_${request.order}` : request.model;
      const byChannel = new Map(result.channels.map((row) => [row.channel, row.conversions]));
      return [name, CHANNELS.map(({ id }) => byChannel.get(id) ?? 0)];
    }),
  );
  const claimed = new Float64Array(CHANNELS.length);
  for (const row of market.spend) claimed[market.context.plan.items[row.item].channel] += row.conversions;
  credits.set('platforms claim (paid)', [...claimed]);
  return credits;
}

function ranks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/** Spearman: the correlation of ranks, ties at their mean rank. */
function rankCorrelation(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [ranks(a), ranks(b)];
  const mean = (a.length + 1) / 2;
  let product = 0;
  let xx = 0;
  let yy = 0;
  for (let i = 0; i < a.length; i++) {
    product += (x[i] - mean) * (y[i] - mean);
    xx += (x[i] - mean) ** 2;
    yy += (y[i] - mean) ** 2;
  }
  return xx > 0 && yy > 0 ? product / Math.sqrt(xx * yy) : Number.NaN;
}

const scores = new Map<string, { ratio: number[]; error: number[]; rank: number[] }[]>();
for (const [level, confounding] of LEVELS.entries()) {
  for (let seed = 1; seed <= perLevel; seed++) {
    const market = simulateMarket({ seed: 1000 * level + seed, persons: 12_000, days: 90, confounding });
    const truth = market.truth.channels.map((channel) => channel.incremental_orders);
    for (const [model, credit] of creditsOf(market)) {
      const used = model.startsWith('platforms')
        ? truth.map((value, c) => (CHANNELS[c].kind === 'paid' ? value : 0))
        : truth;
      const total = used.reduce((sum, value) => sum + value, 0);
      const held = scores.get(model) ?? LEVELS.map(() => ({ ratio: [], error: [], rank: [] }));
      scores.set(model, held);
      held[level].ratio.push(credit.reduce((sum, value) => sum + value, 0) / total);
      held[level].error.push(credit.reduce((sum, value, c) => sum + Math.abs(value - used[c]), 0) / total);
      const paid = CHANNELS.map((_, c) => c).filter(
        (c) => !model.startsWith('platforms') || CHANNELS[c].kind === 'paid',
      );
      held[level].rank.push(
        rankCorrelation(
          paid.map((c) => credit[c]),
          paid.map((c) => used[c]),
        ),
      );
    }
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
console.log(`${perLevel * LEVELS.length} markets of 12,000 persons x 90 days, ${view} journeys, lookback 30 days`);
for (const [name, pick, digits] of [
  ['credited / true orders', 'ratio', 2],
  ['NMAE', 'error', 2],
  ['rank correlation', 'rank', 2],
] as const) {
  console.log(`\n${name} at confounding`);
  printTable(
    ['model', ...LEVELS.map(String)],
    [...scores].map(([model, levels]) => [model, ...levels.map((level) => mean(level[pick]).toFixed(digits))]),
  );
}
