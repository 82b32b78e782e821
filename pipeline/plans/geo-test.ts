import { type GeoDesign, type GeoPlan, geoDesign } from '../../models/lift/design-geo.ts';
import { pairGeos, randomiseWithinPairs } from '../../models/lift/geo-candidates.ts';
import { pairedReadOut } from '../../models/lift/geo-read-out.ts';
import type { Panel } from '../../models/panel.ts';
import { type GeoWorkOptions, geoDesignInWorkers } from '../workers/lift.ts';

/** What a geo test would find: with geos that are searched for, and with geos that a coin chooses. */
export interface GeoTest {
  plan: GeoPlan;
  /** pairs of alike geos, the one that is left over, and those that the coin of this seed treats */
  coin: { pairs: (readonly [string, string])[]; single: string | null; treated: string[] };
  /** null where there are too few geos to toss for */
  byCoin: GeoPlan | null;
  /** cheapest design by coin that can answer */
  random: GeoDesign | null;
  /** by coin where that can answer, else the cheapest that was searched for */
  chosen: GeoDesign | null;
}

/**
 * Judges designs on past windows, by search and by coin.
 *
 * @param options  as for `geoDesignInWorkers`; candidates are screened by a quicker test first
 * @throws InputError as `geoDesign`
 */
export async function designGeoTest(panel: Panel, options: Omit<GeoWorkOptions, 'screen'>): Promise<GeoTest> {
  const { draws: _, confirm: __, ...search } = options;
  const { seed } = options;
  const plan = await geoDesignInWorkers(panel, { ...options, screen: true });
  const { pairs, single } = pairGeos(panel);
  const treated = randomiseWithinPairs(pairs, seed);
  const byCoin =
    pairs.length < 2 ? null : geoDesign(panel, { ...search, sets: [treated], readOut: pairedReadOut(pairs, { seed }) });
  const random = byCoin?.cheapest ?? null;
  return { plan, coin: { pairs, single, treated }, byCoin, random, chosen: random ?? plan.cheapest };
}

/** A design as JSON has it. */
export interface GeoDesignRow {
  treated: string[];
  periods: number;
  mde: number | null;
  mde_from_null: number;
  curve: { effect: number; power: number }[];
  false_positives: number;
  error: number | null;
  windows: number;
  confirmed: boolean;
  holdout_share: number;
  cost: number | null;
  can_answer: boolean;
}

export function geoDesignRow(design: GeoDesign): GeoDesignRow {
  const { mdeFromNull, falsePositives, holdoutShare, canAnswer, ...rest } = design;
  return {
    ...rest,
    mde_from_null: mdeFromNull,
    false_positives: falsePositives,
    holdout_share: holdoutShare,
    can_answer: canAnswer,
  };
}
