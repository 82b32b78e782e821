import { describe, expect, it } from 'vitest';
import { nearest } from '../../pipeline/nearest.ts';

describe('nearest', () => {
  it('finds the name that was meant: a letter missing, added, changed or swapped', () => {
    const names = ['time_zone', 'currency', 'decimal_mark'];
    expect(nearest('timezone', names)).toBe('time_zone');
    expect(nearest('currrency', names)).toBe('currency');
    expect(nearest('curroncy', names)).toBe('currency');
    expect(nearest('cruurency', names)).toBe('currency');
  });

  it('does not mind case', () => {
    expect(nearest('EUROPE/PRAIS', ['Europe/Paris', 'Europe/Prague'])).toBe('Europe/Paris');
  });

  it('offers nothing when nothing is near', () => {
    expect(nearest('banana', ['time_zone', 'currency'])).toBeUndefined();
    expect(nearest('x', [])).toBeUndefined();
  });

  it('counts a swap of neighbours as one step: both names are two edits away otherwise', () => {
    expect(nearest('ab', ['ba', 'cd'])).toBe('ba');
  });

  it('takes the first of two that are equally near', () => {
    expect(nearest('cat', ['car', 'cap'])).toBe('car');
  });
});
