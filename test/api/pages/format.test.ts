import { describe, expect, it } from 'vitest';
import {
  cellText,
  day,
  inPageWords,
  listed,
  money,
  nameOf,
  number,
  percent,
  shortMoney,
  withModelNames,
} from '../../../api/pages/format.ts';

describe('numbers as people read them', () => {
  it('keep every digit of money, beyond what a float holds', () => {
    expect(money('12345678901234567.89', 'EUR')).toBe('€12,345,678,901,234,567.89');
    expect(money('-3671.34', 'EUR')).toBe('−€3,671.34');
    expect(money('1200', 'JPY')).toBe('JP¥1,200');
    expect(money(null, 'EUR')).toBe('–');
  });

  it('are short on an axis, and never say 1 000 k', () => {
    const cases: [number, string][] = [
      [0, '€0'],
      [0.5, '€0.50'],
      [42, '€42'],
      [999, '€999'],
      [1234, '€1.2\u00a0k'],
      [9960, '€10\u00a0k'],
      [42_000, '€42\u00a0k'],
      [999_600, '€1.0\u00a0M'],
      [12_300_000, '€12\u00a0M'],
      [-700, '−€700'],
    ];
    for (const [value, words] of cases) expect([value, shortMoney(value, 'EUR')]).toEqual([value, words]);
  });

  it('do not round a little to nothing, or nearly all to all', () => {
    expect([0, 0.001, 0.004, 0.5, 0.999, 1].map(percent)).toEqual([
      '0 %',
      'under 1 %',
      'under 1 %',
      '50 %',
      'over 99 %',
      '100 %',
    ]);
  });

  it('have a dash where there is nothing', () => {
    expect(number(null)).toBe('–');
    expect(day(null)).toBe('–');
    expect(cellText(null, { id: 'x', label: 'X', type: 'decimal', scale: 2, unit: 'EUR' }, 'EUR')).toBe('–');
  });

  it('leave names that a client chose as they are', () => {
    expect(cellText('x', { id: 'platform', label: 'Platform', type: 'text' }, 'EUR')).toBe('X');
    expect(cellText('x', { id: 'campaign', label: 'Campaign', type: 'text' }, 'EUR')).toBe('x');
  });

  it('show a day as it is, in no zone', () => {
    expect(day('2026-04-02')).toBe('2 Apr 2026');
  });

  it('say ids in words where they are known', () => {
    expect([nameOf('position_based'), nameOf('brand_search')]).toEqual(['Position-based', 'brand_search']);
    expect([listed([]), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
  });

  it('write published sentences as the charts beside them write', () => {
    expect(
      inPageWords(
        'Spend (study linear_a, 2026-05-29) caused +4,759 EUR (90 %: -1,845 EUR to +0.52 EUR), -36 orders, 3 USD.',
        'EUR',
      ),
    ).toBe('Spend (study linear_a, 29 May 2026) caused €4.8\u00a0k (90 %: −€1.8\u00a0k to €0.52), −36 orders, 3 USD.');
    expect(withModelNames('first_touch gives 2.4 times the 70 of last_touch')).toBe(
      'First touch gives 2.4 times the 70 of Last touch',
    );
  });
});
