import { type AttributionResult, resultOf } from '../models/attribution/attribution-result.ts';
import type { BootstrapDraws } from '../models/attribution/bootstrap.ts';
import { compareModels } from '../models/attribution/compare.ts';
import { bucketsOf, type Counted, countedCredit } from '../models/attribution/counted-credit.ts';
import { shapleyOfSets } from '../models/attribution/counted-shapley.ts';
import type { Credit } from '../models/attribution/credit.ts';
import { type DecayParameters, fitLearnedDecay } from '../models/attribution/learned-decay.ts';
import type { OrderChoice } from '../models/attribution/order-choice.ts';
import type { ModelRequest } from '../models/attribution/registry.ts';
import { InputError } from '../models/errors.ts';
import { currencyExponent } from '../models/numeric/money.ts';
import { sqlSettings } from './build.ts';
import { type Config, RULE_MODELS } from './config.ts';
import {
  BUCKETS,
  countChain,
  countedOrder,
  countRules,
  countSets,
  type JourneyChannels,
  type JourneyTotals,
  journeyChannels,
  journeyTotals,
  timedJourneys,
  UNATTRIBUTED,
} from './count-journeys.ts';
import { sequenceRows } from './sequence-rates.ts';
import { sqlFile } from './sql-files.ts';
import type { Warehouse } from './warehouse.ts';
import { countedInWorkers } from './workers/counted.ts';
import { type ModelRun, writeModels } from './write-models.ts';

export interface ModelsOptions {
  /** threads of the bootstrap; 0 for none; default the processors there are where the work is worth it */
  workers?: number;
  progress?: (message: string) => void;
}

/** Above this many touches learned decay is fitted to a part of the persons, drawn by the hash of their keys. */
const LEARNED_DECAY_TOUCHES = 150_000;
/** Fewer groups of persons than this cannot tell how far sampling moves a number. */
const FEWEST_BUCKETS = 100;
/** Additions below which threads take longer to start than the work takes: some three seconds of one processor. */
const WORTH_A_THREAD = 3_000_000_000;

/**
 * Credit under every model of `models.run` on the journeys of the workspace, with bootstrap intervals over persons, and what
 * models disagree on: `result.model_credit`, `result.model_run`, `result.model_agreement`, `result.sequence_effect`.
 *
 * Journeys stay in the warehouse: it hands over sums by group of persons, whose size hangs on the number of channels and not on that
 * of touches. Learned decay alone needs times, and reads typed columns of at most a part of the persons.
 *
 * @throws InputError `bad_parameter` for replicates that cannot reach the tails of the level
 */
export async function attributeModels(
  warehouse: Warehouse,
  config: Config,
  options: ModelsOptions = {},
): Promise<void> {
  const totals = await journeyTotals(warehouse);
  if (totals.conversions === 0) {
    await writeModels(warehouse, [], null, []);
    return;
  }
  const spend = await spendByChannel(warehouse, config);
  const channels = await journeyChannels(warehouse, Object.keys(spend));
  const runs = await countModels(warehouse, config, channels, totals, options.progress);
  options.progress?.('intervals of the models');
  const results = await resultsOf(runs, config, channels, totals, spend, options.workers);
  const attributed = results.map((result) => ({
    ...result,
    channels: result.channels.filter((c) => c.channel !== UNATTRIBUTED),
  }));
  const comparison = compareModels(attributed, { threshold: 2 });
  const sequences = config.models.run.includes('markov') ? await sequenceRows(warehouse, channels, config) : [];
  const modelRuns = runs.map(
    (run, i): ModelRun => ({
      result: results[i],
      order: run.order ?? null,
      note: run.note,
      persons: totals.persons,
      journeys: totals.journeys,
      personsShare: bucketsOf(run.counted) / BUCKETS,
      replicates: config.models.replicates,
      level: config.models.level,
      seed: config.models.seed,
      halfLives: run.parameters?.halfLifeDays ?? null,
      exponent: currencyExponent(config.reporting.currency),
      total: totals,
    }),
  );
  await writeModels(warehouse, modelRuns, comparison, sequences);
}

/** A model ready to be solved and resampled. */
interface CountedRun {
  request: ModelRequest;
  counted: Counted;
  order?: number;
  note: string;
  parameters?: DecayParameters;
}

async function countModels(
  warehouse: Warehouse,
  config: Config,
  channels: JourneyChannels,
  totals: JourneyTotals,
  progress: ((message: string) => void) | undefined,
): Promise<CountedRun[]> {
  const wanted = config.models.run;
  const rules = wanted.some((model) => (RULE_MODELS as readonly string[]).includes(model))
    ? await countRules(warehouse, channels)
    : new Map();
  const sets = wanted.some((model) => model.startsWith('shapley')) ? await countSets(warehouse, channels) : undefined;
  const runs: CountedRun[] = [];
  for (const model of wanted) {
    progress?.(`model ${model}`);
    const request: ModelRequest = { model };
    if (rules.has(model)) runs.push({ request, counted: rules.get(model), note: '' });
    else if (model === 'markov') runs.push(await countMarkov(warehouse, config, channels));
    else if (model === 'learned_decay') runs.push(await fitDecay(warehouse, config, channels, totals));
    else if (model === 'shapley_rate') runs.push({ request, counted: { ...sets!, request }, note: '' });
    else runs.push({ request, counted: shapleyOfSets(sets!), note: '' });
  }
  return runs;
}

async function countMarkov(warehouse: Warehouse, config: Config, channels: JourneyChannels): Promise<CountedRun> {
  const configured = config.models.markov_order;
  let order: number = configured === 'auto' ? 1 : configured;
  let note = `order ${order}, as configured`;
  if (configured === 'auto') {
    try {
      const choice = await countedOrder(warehouse, channels, config.models.seed);
      order = choice.order;
      note = orderNote(choice);
    } catch (error) {
      if (!(error instanceof InputError && error.code === 'insufficient_data')) throw error;
      note = 'order 1: too few persons to choose an order by held-out loss';
    }
  }
  return { request: { model: 'markov', order }, counted: await countChain(warehouse, channels, order), order, note };
}

function orderNote(choice: OrderChoice): string {
  const losses = choice.scores.map((score) => `${score.log_loss.toFixed(4)} at order ${score.order}`).join(', ');
  const more = choice.at_maximum ? '; a higher order may foretell better still' : '';
  return `order ${choice.order}, by the loss on held-out persons: ${losses}${more}`;
}

async function fitDecay(
  warehouse: Warehouse,
  config: Config,
  channels: JourneyChannels,
  totals: JourneyTotals,
): Promise<CountedRun> {
  const part = Math.floor((BUCKETS * LEARNED_DECAY_TOUCHES) / Math.max(1, totals.touches));
  const buckets = Math.min(BUCKETS, Math.max(FEWEST_BUCKETS, part));
  const timed = await timedJourneys(warehouse, channels, config.windows.click_days, buckets);
  const fit = fitLearnedDecay(timed.journeys);
  const parameters = { strength: fit.strength, halfLifeDays: fit.halfLifeDays };
  const sampled =
    buckets === BUCKETS
      ? ''
      : `fitted to ${buckets / 10} % of the persons, drawn by the hash of their keys, and scaled to all; `;
  const ended = fit.converged ? 'converged' : 'did not converge';
  return {
    request: { model: 'learned_decay' },
    counted: { ...timed, start: parameters },
    note: `${sampled}${ended} after ${fit.logLikelihood.length} iterations`,
    parameters,
  };
}

async function resultsOf(
  runs: readonly CountedRun[],
  config: Config,
  channels: JourneyChannels,
  totals: JourneyTotals,
  spend: Readonly<Record<string, number>>,
  workers: number | undefined,
): Promise<AttributionResult[]> {
  const { seed, replicates, level } = config.models;
  const counted = runs.map((run) => run.counted);
  const threads = workers ?? (workOf(counted) * replicates < WORTH_A_THREAD ? 0 : undefined);
  const values = await countedInWorkers(counted, seed, replicates, threads);
  const minor = 10 ** currencyExponent(config.reporting.currency);
  const size = channels.names.length;
  const input = {
    channels: channels.names,
    conversions: totals.conversions,
    revenue: totals.revenue / minor,
    diagnostics: {},
  };
  return runs.map(({ request, counted: model }, m) => {
    const whole = countedCredit(model)(new Float64Array(bucketsOf(model)).fill(1));
    const scale = scaleOf(model, whole, totals);
    const draws: BootstrapDraws = {
      channels: channels.names,
      models: [request],
      unit: 'person',
      seed,
      replicates,
      values: new Float64Array(replicates * 2 * size),
    };
    for (let r = 0; r < replicates; r++) {
      const at = (r * runs.length + m) * 2 * size;
      for (let j = 0; j < size; j++) {
        draws.values[r * 2 * size + j] = values[at + j] * scale.conversions;
        draws.values[(r * 2 + 1) * size + j] = (values[at + size + j] * scale.revenue) / minor;
      }
    }
    const credit: Credit = {
      ...whole,
      conversions: whole.conversions.map((value) => value * scale.conversions),
      revenue: whole.revenue.map((value) => (value * scale.revenue) / minor),
    };
    return resultOf(request, input, credit, replicates === 0 ? null : draws, {
      level,
      spend,
      minimumConversions: config.models.minimum_conversions,
    });
  });
}

/** What makes the credit of a part of the persons that of all. */
function scaleOf(counted: Counted, whole: Credit, totals: JourneyTotals): { conversions: number; revenue: number } {
  if (counted.kind !== 'timed' || counted.buckets === BUCKETS) return { conversions: 1, revenue: 1 };
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
  const money = sum(whole.revenue);
  return {
    conversions: totals.conversions / sum(whole.conversions),
    revenue: money === 0 ? 1 : totals.revenue / money,
  };
}

function workOf(counted: readonly Counted[]): number {
  let work = 0;
  for (const model of counted) {
    if (model.kind === 'timed') work += 600 * model.journeys.channel.length;
    else if (model.kind === 'chain')
      work += model.sums.value.length + 20 * model.shape.from.length * model.shape.channels.length;
    else work += model.sums.value.length;
  }
  return work;
}

/** Spend of each channel in the reporting currency, as `report.spend` has it. */
async function spendByChannel(warehouse: Warehouse, config: Config): Promise<Record<string, number>> {
  const rows = await warehouse.rows<{ channel: string; spend: string }>(
    `select channel, sum(spend) as spend from (${sqlFile('report/spend')}) group by channel having sum(spend) > 0 order by channel`,
    sqlSettings(config),
  );
  return Object.fromEntries(rows.map((row) => [row.channel, Number(row.spend)]));
}
