import { CHANNELS } from './channels.ts';

/** What one person saw, did and was moved by; reused from person to person. Entries are in the order of channels, then days. */
export interface Diary {
  length: number;
  /** per channel: its first entry; one more for the end of the last */
  channelStart: Int32Array;
  day: Int32Array;
  item: Int32Array;
  cell: Int32Array;
  isClick: Uint8Array;
  /** stock added, and what it would have been had nobody engaged with organic posts */
  dose: Float64Array;
  doseWithoutEngagement: Float64Array;
  /** per day: stock added on one channel; scratch space */
  doseOn: Float64Array;
  /** per day: the marketing part of the purchase rate, in multiples of the average rate */
  drive: Float64Array;
  /** per day: the visit a click led to (-1 = none), and the second of the day after which an order may follow */
  clickVisit: Int32Array;
  earliestOrder: Int32Array;
}

export function createDiary(days: number): Diary {
  return {
    length: 0,
    channelStart: new Int32Array(CHANNELS.length + 1),
    day: new Int32Array(256),
    item: new Int32Array(256),
    cell: new Int32Array(256),
    isClick: new Uint8Array(256),
    dose: new Float64Array(256),
    doseWithoutEngagement: new Float64Array(256),
    doseOn: new Float64Array(days),
    drive: new Float64Array(days),
    clickVisit: new Int32Array(days),
    earliestOrder: new Int32Array(days),
  };
}

export function clearDiary(diary: Diary): void {
  diary.length = 0;
  diary.drive.fill(0);
  diary.clickVisit.fill(-1);
  diary.earliestOrder.fill(0);
}

export function writeDiary(
  diary: Diary,
  day: number,
  item: number,
  cell: number,
  isClick: boolean,
  dose: number,
  doseWithoutEngagement: number,
): void {
  const n = diary.length;
  if (n === diary.day.length) {
    diary.day = doubled(diary.day, new Int32Array(2 * n));
    diary.item = doubled(diary.item, new Int32Array(2 * n));
    diary.cell = doubled(diary.cell, new Int32Array(2 * n));
    diary.isClick = doubled(diary.isClick, new Uint8Array(2 * n));
    diary.dose = doubled(diary.dose, new Float64Array(2 * n));
    diary.doseWithoutEngagement = doubled(diary.doseWithoutEngagement, new Float64Array(2 * n));
  }
  diary.day[n] = day;
  diary.item[n] = item;
  diary.cell[n] = cell;
  diary.isClick[n] = isClick ? 1 : 0;
  diary.dose[n] = dose;
  diary.doseWithoutEngagement[n] = doseWithoutEngagement;
  diary.length = n + 1;
}

function doubled<T extends { set(values: T): void }>(values: T, target: T): T {
  target.set(values);
  return target;
}
