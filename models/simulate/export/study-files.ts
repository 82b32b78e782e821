import { postingRows } from '../../lift/posting-schedule.ts';
import { DAY_MILLISECONDS, isoDay } from '../calendar.ts';
import { emailOf, type Market } from '../market.ts';
import { csvFile } from './text.ts';

/** Who and where was assigned to what, written down three days before each study began. */
export function assignmentsCsv(market: Market): string {
  const { studies, dayStarts, dials } = market.context;
  const rows: string[][] = [];
  const assignedAt = (start: number): string =>
    new Date(dayStarts[0] + (start - 3) * DAY_MILLISECONDS + 32400000).toISOString();
  if (studies.geo) {
    const { name, isHeldOut, start } = studies.geo;
    dials.geos.forEach((geo, index) => {
      rows.push([name, 'geo', geo.id, isHeldOut[index] ? 'holdout' : 'treated', assignedAt(start)]);
    });
  }
  if (studies.user) {
    const { name, arm, start } = studies.user;
    arm.forEach((value, person) => {
      if (value > 0) rows.push([name, 'user', emailOf(person), value === 2 ? 'holdout' : 'treated', assignedAt(start)]);
    });
  }
  if (studies.posting) {
    for (const { region, from, post } of postingRows(studies.posting.schedule)) {
      const unit = `${region}@${isoDay(dials.firstDay + from)}`;
      rows.push([studies.posting.name, 'block', unit, post ? 'on' : 'off', assignedAt(0)]);
    }
  }
  return csvFile(['study', 'unit_kind', 'unit', 'arm', 'assigned_at'], rows);
}

/** Who of the user study's treated persons saw its ads, and when for the first time. */
export function exposuresCsv(market: Market): string {
  const { studies } = market.context;
  const rows: string[][] = [];
  if (studies.user) {
    market.firstStudyExposure.forEach((at, person) => {
      if (!Number.isNaN(at)) rows.push([studies.user?.name ?? '', emailOf(person), new Date(at).toISOString()]);
    });
  }
  return csvFile(['study', 'unit', 'exposed_at'], rows);
}
