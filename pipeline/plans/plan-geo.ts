import { geoStudy, type StudyEntry, studyYaml } from '../study-entry.ts';
import { designGeoTest, type GeoDesignRow, type GeoTest, geoDesignRow } from './geo-test.ts';
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
  randomised: GeoTest['coin'] & { designs: GeoDesignRow[] };
  /** what to write into liftproof.yaml; empty where nothing that was tried can answer */
  studies: StudyEntry[];
  /** the same as lines that can be pasted */
  yaml: string | null;
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
  const { plan, coin, byCoin, random, chosen } = await designGeoTest(panel, { ...search, draws: DRAWS, seed });
  const facts = { id: asked.id, question: asked.question, channels: asked.channels, start: asked.start, today };
  const study =
    chosen === null
      ? null
      : geoStudy(facts, calendar, {
          treated: chosen.treated,
          periods: chosen.periods,
          pairs: random === null ? null : coin.pairs,
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
    designs: plan.designs.slice(0, TOLD).map(geoDesignRow),
    designs_total: plan.designs.length,
    cheapest: plan.cheapest && geoDesignRow(plan.cheapest),
    shortest: plan.shortest,
    randomised: { ...coin, designs: byCoin?.designs.map(geoDesignRow) ?? [] },
    studies: study === null ? [] : [study],
    yaml: study && studyYaml(study),
  };
}
