import { describe, expect, it } from 'vitest';
import { expectedWords } from '../../pipeline/expected-words.ts';

describe('what a setting has to be', () => {
  it.each([
    ['Too small: expected number to be >=5', 'a number of at least 5'],
    ['Too small: expected number to be >0', 'a number above 0'],
    ['Too big: expected number to be <1', 'a number below 1'],
    ['Too big: expected int to be <=2100', 'a whole number of at most 2100'],
    ['Too small: expected array to have >=1 items', 'at least 1 item'],
    ['Too small: expected string to have >=2 characters', 'at least 2 characters'],
    ['Invalid input: expected number, received string', 'a number'],
    ['Invalid input: expected array, received undefined', 'a list'],
    ['an IANA time zone such as Europe/Paris', 'an IANA time zone such as Europe/Paris'],
  ])('is said in words: %s', (message, words) => {
    expect(expectedWords(message)).toBe(words);
  });
});
