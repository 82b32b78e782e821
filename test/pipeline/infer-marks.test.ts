import { describe, expect, it } from 'vitest';
import { inferMarks } from '../../pipeline/infer-marks.ts';
import type { Recognised } from '../../pipeline/recognise.ts';

const marks = (...cells: string[]) => inferMarks({ type: 'csv', sample: [cells] } as unknown as Recognised);

describe('the decimal mark of a file', () => {
  it('is the mark of cells that can be read in one way only', () => {
    expect(marks('18.75').decimal_mark).toBe('.');
    expect(marks('18,75').decimal_mark).toBe(',');
    expect(marks('1,234.5').decimal_mark).toBe('.');
    expect(marks('1.234,5').decimal_mark).toBe(',');
    expect(marks('-0,5').decimal_mark).toBe(',');
    expect(marks('0.1234').decimal_mark).toBe('.');
  });

  it('is unknown when every cell can be read in two ways, or has no mark', () => {
    expect(marks('1.200', '2,345', '12', 'Mug').decimal_mark).toBeNull();
  });

  it('is unknown when cells contradict each other', () => {
    expect(marks('18.75', '18,75').decimal_mark).toBeNull();
  });
});

describe('the order of day and month', () => {
  it('is told by a number above twelve', () => {
    expect(marks('31/03/2026').date_order).toBe('dmy');
    expect(marks('03/31/2026 10:00').date_order).toBe('mdy');
    expect(marks('31.03.2026').date_order).toBe('dmy');
  });

  it('is unknown when no cell tells, or cells contradict each other', () => {
    expect(marks('03/04/2026').date_order).toBeNull();
    expect(marks('2026-03-31').date_order).toBeNull();
    expect(marks('31/03/2026', '03/31/2026').date_order).toBeNull();
  });
});

it('a JSON file has no marks of its own; numbers of a Parquet file have a point', () => {
  expect(inferMarks({ type: 'json' } as Recognised)).toEqual({ decimal_mark: null, date_order: null });
  expect(inferMarks({ type: 'parquet' } as Recognised).decimal_mark).toBe('.');
});
