import { InputError } from '../errors.ts';
import { DEFAULT_LEVEL } from '../estimate.ts';
import { type AttributionResult, DEFAULT_REPLICATES, type IntervalOptions, resultOf } from './attribution-result.ts';
import { type BootstrapDraws, checkReplicates } from './bootstrap.ts';
import type { Credit } from './credit.ts';
import { type DecayParameters, fitLearnedDecay, type LearnedDecayOptions } from './learned-decay.ts';
import { replicateStream } from './poisson-weights.ts';
import { type ModelRequest, TIMED_MODELS } from './registry.ts';
import { keyWords } from './resample.ts';
import { checkTimedJourneys, journeyKeys, type TimedJourneys, timeDecayCredit } from './timed-journeys.ts';

export interface TimedOptions extends IntervalOptions {
  model: (typeof TIMED_MODELS)[number];
  /** half-life of `time_decay`, > 0; default 7 */
  halfLifeDays?: number;
  /** options of `learned_decay` */
  learnedDecay?: Omit<LearnedDecayOptions, 'weights' | 'start'>;
  /** 64-bit hash of each journey's person; without it the unit of the bootstrap is the journey */
  personKeys?: BigUint64Array;
}

/**
 * `time_decay` or `learned_decay` on timed journeys, in the shape of `attributePaths`.
 *
 * @throws InputError `bad_paths` when no journey converts or an age is negative, `unknown_name` for a model that needs no
 *         times, `bad_parameter` for an option outside its range
 */
export function attributeTimed(journeys: TimedJourneys, options: TimedOptions): AttributionResult {
  const { replicates = DEFAULT_REPLICATES, seed = 1, level = DEFAULT_LEVEL } = options;
  checkReplicates(replicates, level);
  const run = timedModel(journeys, options);
  const credit = run();
  const request: ModelRequest = { model: options.model };
  const draws = replicates === 0 ? null : timedDraws(journeys, request, run, options.personKeys, seed, replicates);
  const { converted, revenue } = journeys;
  let conversions = 0;
  let money = 0;
  for (let i = 0; i < converted.length; i++) {
    conversions += converted[i];
    money += converted[i] * revenue[i];
  }
  const diagnostics = { journeys: converted.length, non_conversions: converted.length - conversions };
  return resultOf(
    request,
    { channels: journeys.channels, conversions, revenue: money, diagnostics },
    credit,
    draws,
    options,
  );
}

/** Weights of journeys -> credit; without weights, the estimate itself. */
type TimedModel = (weights?: Float64Array) => Credit;

function timedModel(journeys: TimedJourneys, options: TimedOptions): TimedModel {
  checkTimedJourneys(journeys);
  if (options.model === 'time_decay') {
    return (weights) => timeDecayCredit(journeys, options.halfLifeDays ?? 7, weights);
  }
  if (options.model !== 'learned_decay') {
    throw new InputError(
      'unknown_name',
      `${options.model} needs no times; give one of ${TIMED_MODELS.join(', ')}, or bare paths`,
    );
  }
  // replicates begin at the estimate, from where few iterations are left
  let start: DecayParameters | undefined;
  return (weights) => {
    const fit = fitLearnedDecay(journeys, {
      ...options.learnedDecay,
      weights,
      start: weights === undefined ? undefined : start,
    });
    if (weights === undefined) start = fit;
    return fit.credit;
  };
}

function timedDraws(
  journeys: TimedJourneys,
  request: ModelRequest,
  run: TimedModel,
  personKeys: BigUint64Array | undefined,
  seed: number,
  replicates: number,
): BootstrapDraws {
  const count = journeys.converted.length;
  if (personKeys !== undefined && personKeys.length !== count) {
    throw new InputError('bad_paths', `${personKeys.length} person keys for ${count} journeys; give one per journey`);
  }
  const keys = personKeys === undefined ? journeyKeys(journeys) : keyWords(personKeys);
  const channels = journeys.channels.length;
  const values = new Float64Array(replicates * 2 * channels);
  const weights = new Float64Array(count);
  for (let r = 0; r < replicates; r++) {
    const { poisson } = replicateStream(seed, r, 'person');
    for (let i = 0; i < count; i++) weights[i] = poisson(keys[2 * i], keys[2 * i + 1], 1);
    const credit = run(weights);
    values.set(credit.conversions, r * 2 * channels);
    values.set(credit.revenue, r * 2 * channels + channels);
  }
  const unit = personKeys === undefined ? 'journey' : 'person';
  return { channels: journeys.channels, models: [request], unit, seed, replicates, values };
}
