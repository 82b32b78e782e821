import { InputError } from '../../models/errors.ts';
import type { ClaimInputs } from '../../models/lift/gates/run-gates.ts';
import { panelView } from '../../models/lift/panel-view.ts';
import { syntheticControl } from '../../models/lift/synthetic-control.ts';
import type { Panel } from '../../models/panel.ts';
import { daysBetween, type Study } from '../config-studies.ts';
import type { Asking } from './asking.ts';
import { cutPanel, type StudyPanel } from './read-panels.ts';

/** What the gates of a panel can be told by a workspace: what else was on, what came after, which of sales and engagement leads. */
export async function panelInputs(
  { config, panels, asked }: Asking,
  panel: Panel,
  cut: StudyPanel,
  treated: readonly string[],
  outside: readonly string[],
): Promise<ClaimInputs> {
  const { study } = asked;
  const events = eventsOf(config, study, treated);
  const effect = syntheticControl(panelView(cut.panel, cut.treatment)).effect;
  const inputs: Record<string, unknown> = { calendar: { events, effect, effectWithout: null } };
  const after = effectAfter(panel, cut, study, treated, outside);
  if (after !== null) inputs.persistence = { ...after, channels: null };
  if (study.question === 'posting_sales' || study.kind === 'boycott') {
    const engagement = matching(
      await panels.geo(study.kind === 'boycott' ? 'negative_engagements' : 'engagements'),
      cut.panel,
    );
    if (engagement !== null) {
      const { units, periods, outcome } = cut.panel;
      inputs.reverse_causality = { units: units.length, periods: periods.length, sales: outcome, engagement };
      const dose = doseByGeo(cut, engagement);
      if (dose !== null) inputs.dose_response = { ...dose, sign: study.kind === 'boycott' ? -1 : 1 };
    }
  }
  return inputs as ClaimInputs;
}

/** The same of geos that began on different days: what needs one start is left out. What else was on is not measured without its days. */
export function staggeredInputs({ config, asked }: Asking, treated: readonly string[]): ClaimInputs {
  return { calendar: { events: eventsOf(config, asked.study, treated), effect: 0, effectWithout: null } };
}

/** Other studies that treated the same geos at the same time. */
function eventsOf(
  config: Asking['config'],
  study: Study,
  treated: readonly string[],
): { name: string; kind: string; includedInModel: boolean }[] {
  return config.studies
    .filter((other) => other.id !== study.id && other.start <= study.end && study.start <= other.end)
    .filter((other) => other.treated.some((geo) => treated.includes(geo)))
    .map(({ id, kind }) => ({ name: id, kind, includedInModel: false }));
}

/** Per treated geo, engagement in the window and effect as shares of its own sales before; null with too few geos to compare. */
function doseByGeo(
  { panel, treatment }: StudyPanel,
  engagement: Float64Array,
): { dose: Float64Array; effect: Float64Array } | null {
  const treated = [...treatment.firstTreated.keys()];
  if (treated.length < 4) return null;
  const days = panel.periods.length;
  const start = treatment.firstTreated.get(treated[0])!;
  const sum = (values: Float64Array, unit: string, from: number, to: number): number => {
    const row = panel.units.indexOf(unit) * days;
    return values.subarray(row + from, row + to).reduce((total, value) => total + value, 0);
  };
  const dose = new Float64Array(treated.length);
  const effect = new Float64Array(treated.length);
  treated.forEach((geo, i) => {
    const kept = panel.units.filter((unit) => unit === geo || !treatment.firstTreated.has(unit));
    const alone: Panel = {
      ...panel,
      units: kept,
      outcome: Float64Array.from(
        kept.flatMap((unit) => Array.from({ length: days }, (_, t) => sum(panel.outcome, unit, t, t + 1))),
      ),
    };
    const before = sum(panel.outcome, geo, 0, start) / start;
    const view = panelView(alone, { firstTreated: new Map([[geo, start]]), end: days });
    dose[i] = sum(engagement, geo, start, days) / before;
    effect[i] = syntheticControl(view).effect / before;
  });
  return dose.every(Number.isFinite) && effect.every(Number.isFinite) ? { dose, effect } : null;
}

/** Effect in the window and in as many days after it, by one fit; null when those days have not been loaded. */
function effectAfter(
  panel: Panel,
  { panel: { periods } }: StudyPanel,
  study: Study,
  treated: readonly string[],
  outside: readonly string[],
): { during: number; after: number } | null {
  const days = daysBetween(study.start, study.end);
  const end = new Date(Date.parse(study.end) + days * 86_400_000).toISOString().slice(0, 10);
  try {
    const longer = cutPanel(panel, treated, outside, { start: study.start, end, preDays: study.pre_days });
    const view = panelView(longer.panel, longer.treatment);
    const { gap } = syntheticControl(view);
    const sum = (from: number, to: number): number => gap.subarray(from, to).reduce((total, value) => total + value, 0);
    const last = longer.panel.periods.indexOf(periods[periods.length - 1]) + 1;
    return { during: sum(view.pre, last), after: sum(last, gap.length) };
  } catch (error) {
    if (error instanceof InputError) return null;
    throw error;
  }
}

/** Cells of another panel for the units and days of one; null when any is missing. */
export function matching(from: Panel, to: Panel): Float64Array | null {
  const out = new Float64Array(to.units.length * to.periods.length);
  const days = to.periods.map((day) => from.periods.indexOf(day));
  to.units.forEach((unit, u) => {
    const row = from.units.indexOf(unit);
    days.forEach((day, t) => {
      out[u * days.length + t] = row < 0 || day < 0 ? Number.NaN : from.outcome[row * from.periods.length + day];
    });
  });
  return out.some((value) => Number.isNaN(value)) ? null : out;
}
