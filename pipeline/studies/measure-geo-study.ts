import { InputError } from '../../models/errors.ts';
import { methodOf, outcomeOf, type Study } from '../config-studies.ts';
import type { Warehouse } from '../warehouse.ts';
import { type Asking, type Found, marginOf } from './asking.ts';
import type { UnitRow } from './claim.ts';
import { panelInputs, staggeredInputs } from './feed-gates.ts';
import { measurePanel, type PanelStudy } from './measure-panel.ts';
import { measureStaggered } from './measure-staggered.ts';
import { type AssignedUnit, cutPanel, isControlArm, type PanelColumn, readAssignment } from './read-panels.ts';
import { readRefutation } from './read-refutation.ts';

/** Measures treated geos, as registered or as the log has them. */
export async function measureGeoStudy(asking: Asking): Promise<Found> {
  const { warehouse, config, panels } = asking;
  const { study } = asking.asked;
  const log = await readAssignment(warehouse, study.assignment ?? study.id, 'geo', config.reporting.time_zone);
  const treated = treatedGeos(study, log);
  const method = methodOf(study);
  if (method === 'randomised' && log.length === 0)
    throw new InputError(
      'insufficient_data',
      'nothing says how its geos were drawn; load the assignment log (plain_assignment)',
    );
  const panel = await panels.geo(outcomeOf(study) as PanelColumn);
  await refuseUnknown(warehouse, [...treated, ...study.pairs.flat()]);
  await refuseUnknown(warehouse, [...study.excluded, ...study.neighbours], true);
  const drawn = log.map(({ unit }) => unit);
  const paired = method === 'paired' ? study.pairs.flat() : [];
  const outside = panel.units.filter(
    (geo) =>
      study.excluded.includes(geo) ||
      (log.length > 0 && !drawn.includes(geo)) ||
      (paired.length > 0 && !paired.includes(geo)),
  );
  const { start, end, starts, pre_days: preDays } = study;
  const cut = cutPanel(panel, treated, outside, { start, end, starts, preDays });
  const margin = await marginOf(asking);
  const isStaggered = Object.keys(starts).length > 0;
  const asked: PanelStudy = {
    method,
    level: study.level,
    seed: config.models.seed,
    plausibleLift: study.plausible_lift,
    margin,
    pairs: study.pairs,
    becauseSalesMoved: study.because_sales_moved,
    draw: drawOf(study, log),
    inputs:
      method === 'randomised' || method === 'paired'
        ? {}
        : isStaggered
          ? staggeredInputs(asking, treated)
          : await panelInputs(asking, panel, cut, treated, outside),
    refutation: await readRefutation(warehouse, study, cut),
  };
  const measured = isStaggered ? measureStaggered(cut, asked) : await measurePanel(cut, asked);
  const stoodOut = outside.map((name): UnitRow => ({ name, arm: 'left_out' }));
  return {
    measured: { ...measured, units: [...(measured.units ?? []), ...stoodOut] },
    geos: treated,
    readUntil: study.end,
  };
}

/** Geos that get the treatment: as registered, or as the log has them. Both must say the same. */
function treatedGeos(study: Study, log: readonly AssignedUnit[]): string[] {
  const logged = log.filter(({ arm }) => !isControlArm(arm)).map(({ unit }) => unit);
  if (study.treated.length === 0) {
    if (logged.length === 0)
      throw new InputError(
        'insufficient_data',
        'no geo is treated; name them in treated, or load the assignment log (plain_assignment)',
      );
    return logged;
  }
  const odd =
    log.length === 0
      ? undefined
      : (study.treated.find((geo) => !logged.includes(geo)) ?? logged.find((geo) => !study.treated.includes(geo)));
  if (odd !== undefined)
    throw new InputError(
      'insufficient_data',
      `treated and the assignment log do not agree about geo ${odd}; mend one of them`,
    );
  return [...study.treated];
}

/**
 * When the draw was written down: by the log, or, for a draw that stands in the entry itself (pairs, or the seed of a schedule), on the
 * day on which the entry was registered. Null when neither says.
 */
export function drawOf(
  study: Study,
  log: readonly AssignedUnit[],
): { loggedBefore: boolean; registeredBefore: boolean } | null {
  const days = log.map(({ day }) => day).sort();
  const registered = study.registered ?? days[0];
  if (registered === undefined) return null;
  const written = days.at(-1) ?? registered;
  return { loggedBefore: written < study.start, registeredBefore: registered <= study.start };
}

/** Names that nothing was loaded of are typing errors; a geo of few persons may be left out, but not stand by itself. */
export async function refuseUnknown(warehouse: Warehouse, geos: readonly string[], mayBeSmall = false): Promise<void> {
  const rows = await warehouse.rows<{ own_geo: string; geo: string }>(
    'select distinct own_geo, geo from panel.place order by all',
  );
  for (const geo of geos) {
    const found = rows.find(({ own_geo }) => own_geo === geo);
    if (found === undefined)
      throw new InputError(
        'insufficient_data',
        `nothing was loaded of geo ${geo}; check its name and geo_map (orders say ${rows
          .filter((row) => row.geo === row.own_geo)
          .slice(0, 3)
          .map(({ own_geo }) => own_geo)
          .join(', ')}, ...)`,
      );
    if (found.geo === '(suppressed)' && !mayBeSmall)
      throw new InputError(
        'insufficient_data',
        `geo ${geo} has too few persons to stand by itself (privacy.k); fold it into a larger one in geo_map`,
      );
  }
}
