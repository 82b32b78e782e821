import type { Panel, Treatment } from '../../../models/panel.ts';
import { readPanel } from './golden-panel.ts';

/** 500 counties x 2003-2007, log teen employment; `first.treat` is the year of the first minimum wage rise, 0 = never. */
export function minimumWage(): { panel: Panel; treatment: Treatment } {
  const panel = readPanel('mpdta.csv', 'countyreal', 'year', 'lemp');
  const starts = readPanel('mpdta.csv', 'countyreal', 'year', 'first.treat');
  const firstTreated = new Map<string, number>();
  panel.units.forEach((unit, u) => {
    const year = starts.outcome[u * panel.periods.length];
    if (year > 0) firstTreated.set(unit, panel.periods.indexOf(String(year)));
  });
  return { panel, treatment: { firstTreated } };
}
