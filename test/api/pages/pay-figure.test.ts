import { describe, expect, it } from 'vitest';
import { leftOverFigure } from '../../../api/pages/pay-figure.tsx';
import type { Study } from '../../../pipeline/views/read-studies.ts';

const study = (more: Partial<Study>): Study =>
  ({ unit: 'EUR', level: 0.9, value: 4000, lo: 1000, hi: 7000, spend: 1000, breakEven: 2500, ...more }) as Study;

describe('what a study left over', () => {
  it('takes the margin that break-even implies, and the spend, off the value and both bounds', () => {
    // 1000 / 2500 is a margin of 40 %: 4000, 1000 and 7000 leave 1600, 400 and 2800 before 1000 of spend
    const figure = leftOverFigure(study({}))!;
    expect(figure.table.rows[2]).toEqual(['Left after the spend', '600', '-600', '1800']);
    expect(figure.summary).toBe(
      'Of €4.0\u00a0k extra revenue €600 was left after costs and €1.0\u00a0k of spend (90 %: −€600 to €1.8\u00a0k); the interval holds a loss and a gain.',
    );
  });

  it('says where even the better or the worse end has one sign', () => {
    expect(leftOverFigure(study({ lo: 3000 }))!.summary).toContain('even the low end of the interval earns money');
    expect(leftOverFigure(study({ value: 1000, lo: 500, hi: 2000 }))!.summary).toContain(
      'even the high end of the interval loses money',
    );
  });

  it('is not shown where a cost, an interval or money itself is missing', () => {
    for (const more of [{ breakEven: null }, { spend: null }, { lo: null }, { unit: 'count' }])
      expect(leftOverFigure(study(more))).toBeUndefined();
  });
});
