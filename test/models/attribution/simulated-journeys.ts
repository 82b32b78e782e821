import { random } from '../../../models/numeric/random.ts';
import { type PathRow, type Paths, pathsFromRows } from '../../../models/paths.ts';

const CHANNELS = ['affiliate', 'direct', 'email', 'search', 'social', 'video'];
const PULL = [0.2, 0.5, 0.9, 0.1, 0.3, 1.2];

export interface SimulatedJourneys {
  paths: Paths;
  /** person of each row */
  personKeys: BigUint64Array;
}

/**
 * Persons who differ in taste and readiness, with one journey each or several, of channels drawn by taste; longer and
 * better journeys convert more often, and order values are skewed. No model of the product is the truth here.
 *
 * @param journeysPerPerson  mean number of journeys of one person, >= 1
 */
export function simulateJourneys(seed: number | string, persons: number, journeysPerPerson = 1): SimulatedJourneys {
  const { uniform, exponential, normal, poisson } = random(seed, 'journeys');
  const rows: PathRow[] = [];
  const keys: bigint[] = [];
  for (let person = 0; person < persons; person++) {
    const taste = uniform();
    const readiness = journeysPerPerson > 1 ? 1.2 * normal() : 0;
    const count = 1 + poisson(journeysPerPerson - 1);
    for (let j = 0; j < count; j++) {
      const length = 1 + Math.floor(1.8 * exponential());
      const path: string[] = [];
      let pull = 0;
      let last = -1;
      for (let s = 0; s < length; s++) {
        const channel = last >= 0 && uniform() < 0.2 ? last : Math.floor(6 * uniform() ** (1 + taste));
        path.push(CHANNELS[5 - channel]);
        pull += PULL[channel];
        last = channel;
      }
      const converts = uniform() < 1 / (1 + Math.exp(3.2 - 0.5 * pull - readiness));
      rows.push({
        path,
        conversions: converts ? 1 : 0,
        nonConversions: converts ? 0 : 1,
        revenue: converts ? 20 + 40 * exponential() : 0,
      });
      keys.push((BigInt(person) * 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn);
    }
  }
  return { paths: pathsFromRows(rows), personKeys: BigUint64Array.from(keys) };
}
