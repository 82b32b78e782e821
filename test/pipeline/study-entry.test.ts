import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { InputError } from '../../models/errors.ts';
import { postingSchedule } from '../../models/lift/posting-schedule.ts';
import { studiesSchema, wrongStudy } from '../../pipeline/config-studies.ts';
import {
  calendarOf,
  geoStudy,
  postingStudy,
  type StudyEntry,
  studyYaml,
  usersStudy,
} from '../../pipeline/study-entry.ts';

const today = '2026-03-31';

/** What `liftproof.yaml` makes of the printed lines. */
function read(entry: StudyEntry): ReturnType<typeof studiesSchema.parse>[number] {
  const studies = studiesSchema.parse(parse(studyYaml(entry)).studies);
  expect(wrongStudy(studies, [])).toBeNull();
  return studies[0];
}

const days = Array.from({ length: 30 }, (_, t) => new Date(Date.UTC(2026, 4, 2 + t)).toISOString().slice(0, 10));
const geo = {
  treated: ['FR-IDF', 'BE, "west"'],
  periods: 14,
  pairs: null,
  outcome: 'orders',
  level: 0.9,
  seed: 7,
  target: 0.05,
};

describe('entry of a planned study', () => {
  it('begins after the history, lasts as planned, and is read back by the configuration', () => {
    const entry = geoStudy({ today }, calendarOf(days)!, geo);
    expect(read(entry)).toMatchObject({
      id: 'geo_2026-06-01',
      kind: 'geo',
      question: 'posting_sales',
      start: '2026-06-01',
      end: '2026-06-14',
      registered: today,
      method: 'sc',
      treated: ['FR-IDF', 'BE, "west"'],
      outcome: 'orders',
      pre_days: 30,
      seed: 7,
      plausible_lift: 0.1,
    });
  });

  it('begins tomorrow where history is old, and on the day that is asked for', () => {
    const late = { today: '2027-01-05' };
    expect(geoStudy(late, calendarOf(days)!, geo)).toMatchObject({ start: '2027-01-06', end: '2027-01-19' });
    expect(geoStudy({ ...late, start: '2027-02-01' }, calendarOf(days)!, geo)).toMatchObject({ start: '2027-02-01' });
    expect(() => geoStudy({ ...late, start: 'soon' }, calendarOf(days)!, geo)).toThrow(/--start is soon/);
  });

  it('counts weeks of history as seven days, over the turn of a year', () => {
    expect(calendarOf(['2026-W52', '2026-W53', '2027-W01'])).toEqual({ stepDays: 7, days: 21, next: '2027-01-11' });
    const entry = geoStudy({ today }, calendarOf(['2026-W21', '2026-W22'])!, { ...geo, periods: 4 });
    expect(read(entry)).toMatchObject({ start: '2026-06-01', end: '2026-06-28' });
    expect(calendarOf(['1', '2', '3'])).toBeNull();
  });

  it('registers a coin with its pairs, and an aim above the usual as believable', () => {
    const pairs: [string, string][] = [
      ['a', 'b'],
      ['c', 'd'],
    ];
    const entry = geoStudy({ today, channels: ['instagram'] }, calendarOf(days)!, {
      ...geo,
      pairs,
      treated: ['a', 'd'],
      target: 0.2,
    });
    expect(read(entry)).toMatchObject({ method: 'paired', pairs, channels: ['instagram'], plausible_lift: 0.2 });
  });

  it('registers a posting schedule that is drawn again from its regions and seed', () => {
    const schedule = { regions: ['north', 'south'], blocks: 8, blockLength: 7, washout: 2, seed: 3 };
    const study = read(postingStudy({ today }, null, schedule, { outcome: undefined, level: 0.9 }));
    expect(study).toMatchObject({
      kind: 'posting',
      start: '2026-04-01',
      end: '2026-05-26',
      block_days: 7,
      washout_days: 2,
    });
    const again = postingSchedule({ ...schedule, regions: study.treated, seed: study.seed });
    expect(again.posting).toEqual(postingSchedule(schedule).posting);
  });

  it('registers a test of users with its planned share', () => {
    const study = read(usersStudy({ today }, { days: 20, treatedShare: 0.5, cuped: true, level: 0.95, lift: 0.1 }));
    expect(study).toMatchObject({
      kind: 'users',
      question: 'spend_sales',
      method: 'cuped',
      planned_share: 0.5,
      level: 0.95,
    });
    expect(study.end).toBe('2026-04-20');
  });

  it('refuses what the configuration would refuse, before anybody pastes it', () => {
    const calendar = calendarOf(days)!;
    expect(() => geoStudy({ today, question: 'engagement_sales' }, calendar, geo)).toThrow(InputError);
    expect(() => geoStudy({ today, question: 'engagement_sales' }, calendar, geo)).toThrow(/expected kind posting/);
    expect(() => geoStudy({ today, id: 'my study' }, calendar, geo)).toThrow(/letters, digits/);
    expect(() => geoStudy({ today, question: 'posting_sale' }, calendar, geo)).toThrow(/makes no study/);
  });
});
