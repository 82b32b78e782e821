import { type GeoDesign, type GeoJob, geoJudge } from '../../models/lift/design-geo.ts';
import { placeboReadOut, screeningReadOut } from '../../models/lift/geo-read-out.ts';
import { type LiftOptions, liftReplicates } from '../../models/lift/index.ts';
import { type NullReading, nullReadings } from '../../models/lift/panel-calibration.ts';
import { calibrationOf, claimOptions, type PanelClaimOptions } from '../../models/lift/panel-claim.ts';
import { panelView } from '../../models/lift/panel-view.ts';
import type { Panel, Treatment } from '../../models/panel.ts';
import type { GeoWorkOptions } from './lift.ts';
import { answerTasks } from './pool.ts';

/** A panel and what is asked of it. */
export type LiftSetup = { panel: Panel } & (
  | { work: 'replicates'; treatment: Treatment; options: LiftOptions }
  | { work: 'nulls'; treatment: Treatment; options: PanelClaimOptions }
  | { work: 'geos'; options: GeoWorkOptions }
);

/** Replicates or placebo assignments from (inclusive) to (exclusive); or candidates to judge. */
export type LiftTask = readonly [from: number, to: number] | readonly GeoJob[];

export type LiftAnswer = Float64Array | NullReading[] | GeoDesign[];

answerTasks<LiftSetup, LiftTask, LiftAnswer>((setup) => {
  const { panel, work } = setup;
  if (work === 'geos') {
    const { draws, seed, screen, ...rest } = setup.options;
    const judge = geoJudge(panel, {
      ...rest,
      readOut: placeboReadOut({ draws, seed }),
      screen: screen ? screeningReadOut({ draws, seed }) : undefined,
    });
    return (jobs) => (jobs as readonly GeoJob[]).map(judge);
  }
  const { treatment } = setup;
  if (work === 'nulls') {
    const view = panelView(panel, treatment);
    const { level, seed } = claimOptions(setup.options);
    const { assignments, draws } = calibrationOf(setup.options);
    return (range) => {
      const [from, to] = range as readonly [number, number];
      return nullReadings(view, assignments, draws, { level, seed }, from, to);
    };
  }
  const replicates = liftReplicates(panel, treatment, setup.options);
  return (range) => {
    const [from, to] = range as readonly [number, number];
    return replicates === null ? new Float64Array() : replicates.run(from, to);
  };
});
