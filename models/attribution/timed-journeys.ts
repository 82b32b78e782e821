import { InputError } from '../errors.ts';
import type { Paths } from '../paths.ts';
import type { Credit } from './credit.ts';
import { keyOfText } from './poisson-weights.ts';
import { timeDecayWeights } from './position-weights.ts';
import { mix32 } from './window-table.ts';

/** Journeys one by one, with real time: what models need that learn or assume how credit fades. */
export interface TimedJourneys {
  channels: readonly string[];
  /** length journeys + 1; touches of journey i are offsets[i] .. offsets[i + 1], in order */
  offsets: Uint32Array;
  /** length touches; index into `channels` */
  channel: Uint32Array;
  /** length touches; days from the touch to the conversion, or to the end of observation where none came; >= 0 */
  ageDays: Float64Array;
  /** length journeys; 1 where the journey converted */
  converted: Uint8Array;
  /** length journeys; revenue of the conversion, 0 where none came */
  revenue: Float64Array;
}

/**
 * @throws InputError `bad_paths` when no journey converts or an age is negative or not finite
 * @throws RangeError when the arrays do not fit together
 */
export function checkTimedJourneys(journeys: TimedJourneys): void {
  const count = journeys.offsets.length - 1;
  const { channel, ageDays, converted, revenue } = journeys;
  if (converted.length !== count || revenue.length !== count)
    throw new RangeError(`${count} journeys, ${converted.length} outcomes`);
  if (ageDays.length !== channel.length || journeys.offsets[count] !== channel.length) {
    throw new RangeError(`${channel.length} touches, ${ageDays.length} ages`);
  }
  if (!converted.includes(1)) {
    throw new InputError(
      'bad_paths',
      `none of the ${count} journeys converts, so there is nothing to share out; give conversions`,
    );
  }
  for (let i = 0; i < ageDays.length; i++) {
    if (!(ageDays[i] >= 0 && Number.isFinite(ageDays[i]))) {
      throw new InputError(
        'bad_paths',
        `touch ${i + 1}: age is ${ageDays[i]} days; give days before the conversion or the end of observation, >= 0`,
      );
    }
  }
}

/**
 * Time decay: a touch's weight halves with every half-life before the conversion (`timeDecayWeights`).
 *
 * @param halfLifeDays  > 0
 * @param weights       length journeys; times each counts (bootstrap); default 1
 * @throws InputError `bad_parameter` when the half-life is not positive
 */
export function timeDecayCredit(journeys: TimedJourneys, halfLifeDays: number, weights?: Float64Array): Credit {
  return shareByTouch(
    journeys,
    weights,
    (start, end) => timeDecayWeights(journeys.ageDays.subarray(start, end), halfLifeDays),
    {
      half_life_days: halfLifeDays,
    },
  );
}

/** Credits each converting journey by the shares of its touches; `sharesOf` gets the touches start to end, at least one. */
export function shareByTouch(
  journeys: TimedJourneys,
  weights: Float64Array | undefined,
  sharesOf: (start: number, end: number) => Float64Array,
  diagnostics: Record<string, unknown>,
): Credit {
  const conversions = new Float64Array(journeys.channels.length);
  const revenue = new Float64Array(journeys.channels.length);
  const unattributed = { conversions: 0, revenue: 0 };
  for (let i = 0; i < journeys.converted.length; i++) {
    const weight = weights === undefined ? 1 : weights[i];
    if (journeys.converted[i] === 0 || weight === 0) continue;
    const start = journeys.offsets[i];
    const end = journeys.offsets[i + 1];
    if (start === end) {
      unattributed.conversions += weight;
      unattributed.revenue += weight * journeys.revenue[i];
      continue;
    }
    const shares = sharesOf(start, end);
    for (let t = start; t < end; t++) {
      conversions[journeys.channel[t]] += weight * shares[t - start];
      revenue[journeys.channel[t]] += weight * shares[t - start] * journeys.revenue[i];
    }
  }
  return { conversions, revenue, unattributed, diagnostics };
}

/** The same journeys without their times, one path each, for the models that need none. */
export function pathsOfTimed(journeys: TimedJourneys): Paths {
  return {
    channels: journeys.channels,
    offsets: journeys.offsets,
    steps: journeys.channel,
    conversions: Float64Array.from(journeys.converted),
    nonConversions: Float64Array.from(journeys.converted, (flag) => 1 - flag),
    revenue: journeys.revenue,
  };
}

/**
 * A 64-bit key of each journey's content, two words each: the unit of a bootstrap where persons are not known.
 * Ages are real times, so two journeys that are equal in all of them are next to none.
 */
export function journeyKeys(journeys: TimedJourneys): Uint32Array {
  const names = journeys.channels.map(keyOfText);
  const words = new Uint32Array(journeys.ageDays.slice().buffer);
  const count = journeys.converted.length;
  const keys = new Uint32Array(2 * count);
  for (let i = 0; i < count; i++) {
    let low = 0x2545f491 ^ journeys.converted[i];
    let high = 0x6c8e9cf5;
    for (let t = journeys.offsets[i]; t < journeys.offsets[i + 1]; t++) {
      const name = names[journeys.channel[t]];
      low = mix32(Math.imul(low, 0x9e3779b1) ^ name.low ^ words[2 * t]);
      high = mix32(Math.imul(high, 0x85ebca77) ^ name.high ^ words[2 * t + 1]);
    }
    keys[2 * i] = low;
    keys[2 * i + 1] = high;
  }
  return keys;
}
