import { InputError } from '../errors.ts';
import { random } from '../numeric/random.ts';
import type { Paths } from '../paths.ts';
import { type ChannelSets, channelSets } from './channel-sets.ts';
import type { Credit, PreparedModel } from './credit.ts';

export interface ShapleyRateOptions {
  /**
   * journeys' worth of belief in the pooled rate, >= 0; default 20. With 0 a seen set keeps its raw rate and an unseen
   * set still takes the pooled one.
   */
  priorJourneys?: number;
  /** worth of a set that no journey has: the pooled rate of its size (default), or 0 as some tools do */
  unseen?: 'pooled' | 'zero';
  /** journeys with more distinct channels than this are sampled, <= 20; default 15 */
  exactChannels?: number;
  /** permutations per sampled set, rounded up to pairs of a permutation and its reverse; default 1,000 */
  permutations?: number;
  /** names the stream of permutations; default 1 */
  seed?: number;
}

/**
 * Shapley values of the conversion rate, journey set by journey set.
 *
 *     v(T)      = (conversions(T) + k pooled(|T|)) / (journeys(T) + k),  v(no channel) = 0
 *     pooled(m) = (conversions of sets of size m + k overall rate) / (journeys of sets of size m + k)
 *     phi_j(S)  = sum over T inside S without j of |T|! (|S| - |T| - 1)! / |S|! [v(T + j) - v(T)]
 *     credit j  = sum over S of conversions(S) phi_j(S) / v(S)
 *
 * The shares phi_j(S) / v(S) sum to 1, so each journey's conversions and revenue are kept whole. A channel whose
 * presence lowers the rate gets a negative share: it is reported as it is and named in `diagnostics.negative`.
 *
 * @returns  exact for sets of up to `exactChannels` channels; larger sets are averaged over permutations and
 *           `diagnostics.sampled` tells their number and the largest standard error, in conversions
 * @throws InputError `bad_parameter` for an option outside its range
 * @see Shapley (1953), A value for n-person games; Castro, Gomez & Tejada (2009), Polynomial calculation of the
 *      Shapley value based on sampling
 */
export function prepareShapleyRate(paths: Paths, options: ShapleyRateOptions = {}): PreparedModel {
  const settings = checked(options);
  const sets = channelSets(paths);
  return (counts) => {
    const totals = totalsOf(sets, counts.conversions, counts.nonConversions, counts.revenue);
    const worth = worthOf(sets, totals, settings);
    const channels = paths.channels.length;
    const conversions = new Float64Array(channels);
    const revenue = new Float64Array(channels);
    const variance = new Float64Array(channels);
    let sampledSets = 0;
    let sampledConversions = 0;
    for (let s = 0; s < sets.offsets.length - 1; s++) {
      if (totals.conversions[s] === 0) continue;
      const members = sets.members.subarray(sets.offsets[s], sets.offsets[s + 1]);
      const exact = members.length <= settings.exactChannels;
      const value = exact ? exactValue(sets, members, worth) : sampledValue(sets, members, worth, settings);
      for (let i = 0; i < members.length; i++) {
        const share = value.phi[i] / worth.ofSet[s];
        conversions[members[i]] += share * totals.conversions[s];
        revenue[members[i]] += share * totals.revenue[s];
        variance[members[i]] += (value.variance[i] * totals.conversions[s] ** 2) / worth.ofSet[s] ** 2;
      }
      if (!exact) {
        sampledSets++;
        sampledConversions += totals.conversions[s];
      }
    }
    const diagnostics: Record<string, unknown> = {
      sets: sets.offsets.length - 1,
      prior_journeys: settings.priorJourneys,
      pooled_rate: worth.pooledRate,
      negative: paths.channels.filter((_, j) => conversions[j] < 0),
    };
    if (totals.allConvert) {
      diagnostics.note =
        'every journey converts, so no rate differs; give non_conversions, or read this as linear over distinct channels';
    }
    if (sampledSets > 0) {
      diagnostics.sampled = {
        sets: sampledSets,
        conversions: sampledConversions,
        permutations: settings.permutations,
        seed: settings.seed,
        largest_standard_error: Math.sqrt(variance.reduce((most, v) => Math.max(most, v), 0)),
      };
    }
    const credit: Credit = { conversions, revenue, unattributed: totals.untouched, diagnostics };
    return credit;
  };
}

type Settings = Required<ShapleyRateOptions>;

function checked(options: ShapleyRateOptions): Settings {
  const settings: Settings = {
    priorJourneys: options.priorJourneys ?? 20,
    unseen: options.unseen ?? 'pooled',
    exactChannels: options.exactChannels ?? 15,
    permutations: options.permutations ?? 1000,
    seed: options.seed ?? 1,
  };
  const { priorJourneys, exactChannels, permutations } = settings;
  if (!(priorJourneys >= 0 && Number.isFinite(priorJourneys)))
    throw outside('prior_journeys', priorJourneys, 'a number >= 0');
  if (!(Number.isInteger(exactChannels) && exactChannels >= 0 && exactChannels <= 20)) {
    throw outside('exact_channels', exactChannels, 'a whole number from 0 to 20');
  }
  if (!(Number.isInteger(permutations) && permutations >= 4))
    throw outside('permutations', permutations, 'a whole number >= 4');
  return settings;
}

function outside(name: string, got: unknown, want: string): InputError {
  return new InputError('bad_parameter', `${name} is ${got}; give ${want}`);
}

interface SetTotals {
  conversions: Float64Array;
  journeys: Float64Array;
  revenue: Float64Array;
  untouched: { conversions: number; revenue: number };
  allConvert: boolean;
}

function totalsOf(sets: ChannelSets, c: Float64Array, u: Float64Array, money: Float64Array): SetTotals {
  const count = sets.offsets.length - 1;
  const conversions = new Float64Array(count);
  const journeys = new Float64Array(count);
  const revenue = new Float64Array(count);
  const untouched = { conversions: 0, revenue: 0 };
  let allConvert = true;
  for (let i = 0; i < c.length; i++) {
    const set = sets.setOfPath[i];
    if (set < 0) {
      untouched.conversions += c[i];
      untouched.revenue += money[i];
      continue;
    }
    if (u[i] > 0) allConvert = false;
    conversions[set] += c[i];
    journeys[set] += c[i] + u[i];
    revenue[set] += money[i];
  }
  return { conversions, journeys, revenue, untouched, allConvert };
}

interface Worth {
  /** length sets; v of each set that journeys have */
  ofSet: Float64Array;
  /** v of a set that no journey has, by its size */
  ofUnseen: Float64Array;
  pooledRate: number;
}

function worthOf(sets: ChannelSets, totals: SetTotals, settings: Settings): Worth {
  const { offsets } = sets;
  const count = offsets.length - 1;
  let largest = 0;
  for (let s = 0; s < count; s++) largest = Math.max(largest, offsets[s + 1] - offsets[s]);
  const conversions = new Float64Array(largest + 1);
  const journeys = new Float64Array(largest + 1);
  let allConversions = 0;
  let allJourneys = 0;
  for (let s = 0; s < count; s++) {
    conversions[offsets[s + 1] - offsets[s]] += totals.conversions[s];
    journeys[offsets[s + 1] - offsets[s]] += totals.journeys[s];
    allConversions += totals.conversions[s];
    allJourneys += totals.journeys[s];
  }
  const k = settings.priorJourneys;
  const overall = allJourneys === 0 ? 0 : allConversions / allJourneys;
  const shrunk = (c: number, n: number, towards: number): number =>
    n + k === 0 ? towards : (c + k * towards) / (n + k);
  const pooled = conversions.map((c, m) => shrunk(c, journeys[m], overall));
  const ofUnseen = settings.unseen === 'zero' ? new Float64Array(largest + 1) : pooled;
  const ofSet = new Float64Array(count);
  for (let s = 0; s < count; s++) {
    const size = offsets[s + 1] - offsets[s];
    // a set whose journeys all have weight zero in a replicate is as good as unseen
    ofSet[s] =
      totals.journeys[s] === 0 ? ofUnseen[size] : shrunk(totals.conversions[s], totals.journeys[s], pooled[size]);
  }
  return { ofSet, ofUnseen, pooledRate: overall };
}

interface Value {
  phi: Float64Array;
  /** of the mean over permutations; zero where exact */
  variance: Float64Array;
}

/** All 2^m subsets of one set in a table; seen ones are found by walking only branches that exist. */
function exactValue(sets: ChannelSets, members: Uint32Array, worth: Worth): Value {
  const m = members.length;
  const v = new Float64Array(1 << m);
  for (let mask = 1; mask < v.length; mask++) v[mask] = worth.ofUnseen[bits(mask)];
  const visit = (node: number, from: number, mask: number): void => {
    const set = sets.setAt(node);
    if (set >= 0) v[mask] = worth.ofSet[set];
    for (let i = from; i < m; i++) {
      const next = sets.child(node, members[i]);
      if (next >= 0) visit(next, i + 1, mask | (1 << i));
    }
  };
  visit(0, 0, 0);
  // |T|! (m - |T| - 1)! / m!  =  1 / (m choose(m - 1, |T|))
  const weight = new Float64Array(m);
  let choose = 1;
  for (let t = 0; t < m; t++) {
    weight[t] = 1 / (m * choose);
    choose = (choose * (m - 1 - t)) / (t + 1);
  }
  const phi = new Float64Array(m);
  for (let mask = 0; mask < v.length; mask++) {
    const w = weight[bits(mask)];
    for (let i = 0; i < m; i++) if ((mask & (1 << i)) === 0) phi[i] += w * (v[mask | (1 << i)] - v[mask]);
  }
  return { phi, variance: new Float64Array(m) };
}

/** Marginal worth along random orders, each also walked backwards, which cancels much of the noise. */
function sampledValue(sets: ChannelSets, members: Uint32Array, worth: Worth, settings: Settings): Value {
  const m = members.length;
  const pairs = Math.ceil(settings.permutations / 2);
  const stream = random(settings.seed, 'shapley_rate', members.join(' '));
  const order = Uint32Array.from(members, (_, i) => i);
  const present = new Uint8Array(m);
  const pair = new Float64Array(m);
  const mean = new Float64Array(m);
  const squares = new Float64Array(m);
  const prefixWorth = (size: number): number => {
    let node = 0;
    for (let i = 0; i < m && node >= 0; i++) if (present[i] === 1) node = sets.child(node, members[i]);
    const set = node < 0 ? -1 : sets.setAt(node);
    return set < 0 ? worth.ofUnseen[size] : worth.ofSet[set];
  };
  const walk = (at: (step: number) => number): void => {
    present.fill(0);
    let before = 0;
    for (let step = 0; step < m; step++) {
      const i = at(step);
      present[i] = 1;
      const after = prefixWorth(step + 1);
      pair[i] += (after - before) / 2;
      before = after;
    }
  };
  for (let p = 1; p <= pairs; p++) {
    stream.shuffle(order);
    pair.fill(0);
    walk((step) => order[step]);
    walk((step) => order[m - 1 - step]);
    for (let i = 0; i < m; i++) {
      const delta = pair[i] - mean[i];
      mean[i] += delta / p;
      squares[i] += delta * (pair[i] - mean[i]);
    }
  }
  return { phi: mean, variance: squares.map((sum) => sum / (pairs - 1) / pairs) };
}

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  return count;
}
