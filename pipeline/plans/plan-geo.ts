import { type GeoDesign, geoDesign } from '../../models/lift/design-geo.ts';
import { pairGeos, randomiseWithinPairs } from '../../models/lift/geo-candidates.ts';
import { pairedReadOut } from '../../models/lift/geo-read-out.ts';
import { geoStudy, type StudyEntry, studyYaml } from '../study-entry.ts';
import { geoDesignInWorkers } from '../workers/lift.ts';
import type { PlanHistory } from './plan-history.ts';
import type { GeoPlanRequest } from './plan-schema.ts';

/** Designs that a plan tells, best first; `designs_total` says how many were tried. */
const TOLD = 50;
const DRAWS = 199;

export interface GeoPlanResult {
  schema_version: 1;
  design: 'geo';
  outcome: string;
  seed: number;
  level: number;
  power: number;
  target: number | null;
  history: PlanHistory['about'];
  designs: GeoDesignRow[];
  designs_total: number;
  cheapest: GeoDesignRow | null;
  shortest: number | null;
  /** pairs of alike geos, of which a coin treats one: an experiment (A) instead of a comparison (B at best) */
  randomised: {
    pairs: (readonly [string, string])[];
    single: string | null;
    treated: string[];
    designs: GeoDesignRow[];
  };
  /** what to write into liftproof.yaml; empty where nothing that was tried can answer */
  studies: StudyEntry[];
  /** the same as lines that can be pasted */
  yaml: string | null;
}

/** A design under the names that the shell's --json has too. */
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

/**
 * Which geos to treat and for how long, judged on past windows of the workspace by the very test that will read the result.
 *
 * @param today  on which the entry of the study is written
 * @throws InputError `insufficient_data`, `bad_parameter`
 */
export async function planGeo(history: PlanHistory, asked: GeoPlanRequest, today: string): Promise<GeoPlanResult> {
  const { panel, calendar, about } = history;
  const { seed, level, power, target } = asked;
  const search = {
    durations: asked.durations_days,
    sizes: asked.sizes,
    include: asked.include,
    exclude: asked.exclude,
    windows: asked.windows,
    holdoutShare: asked.holdout_share,
    cost: {
      fixed: asked.cost?.fixed,
      perGeoPeriod: asked.cost?.per_geo_day,
      perIncremental: asked.cost?.per_incremental,
    },
    budget: asked.budget,
    target,
    level,
    power,
  };
  const plan = await geoDesignInWorkers(panel, { ...search, draws: DRAWS, seed, screen: true });
  const { pairs, single } = pairGeos(panel);
  const treated = randomiseWithinPairs(pairs, seed);
  const byCoin =
    pairs.length < 2 ? null : geoDesign(panel, { ...search, sets: [treated], readOut: pairedReadOut(pairs, { seed }) });
  const random = byCoin?.cheapest ?? null;
  const chosen = random ?? plan.cheapest;
  const facts = { id: asked.id, question: asked.question, channels: asked.channels, start: asked.start, today };
  const study =
    chosen === null
      ? null
      : geoStudy(facts, calendar, {
          treated: chosen.treated,
          periods: chosen.periods,
          pairs: random === null ? null : pairs,
          outcome: asked.outcome,
          level,
          seed,
          target: target ?? chosen.mde ?? undefined,
        });
  return {
    schema_version: 1,
    design: 'geo',
    outcome: asked.outcome,
    seed,
    level,
    power,
    target: target ?? null,
    history: about,
    designs: plan.designs.slice(0, TOLD).map(row),
    designs_total: plan.designs.length,
    cheapest: plan.cheapest && row(plan.cheapest),
    shortest: plan.shortest,
    randomised: { pairs, single, treated, designs: byCoin?.designs.map(row) ?? [] },
    studies: study === null ? [] : [study],
    yaml: study && studyYaml(study),
  };
}

function row({ mdeFromNull, falsePositives, holdoutShare, canAnswer, ...rest }: GeoDesign): GeoDesignRow {
  return {
    ...rest,
    mde_from_null: mdeFromNull,
    false_positives: falsePositives,
    holdout_share: holdoutShare,
    can_answer: canAnswer,
  };
}
