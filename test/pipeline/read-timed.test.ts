import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { isTimedFile, readSpend, readTimed } from '../../pipeline/read-timed.ts';

const folder = mkdtempSync(join(tmpdir(), 'liftproof-timed-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;

function file(text: string): string {
  const path = join(folder, `${++files}.csv`);
  writeFileSync(path, text);
  return path;
}

const DAYS = `journey,person,channel,days_before,converted,revenue
b,p2,email,2,1,20
a,p1,search,1,1,
a,p1,email,3,1,10
c,p1,email,4,0,
d,,,,1,5
`;

describe('readTimed', () => {
  it('reads journeys in the order of their ids and touches from the earliest on', () => {
    const { journeys, personKeys } = readTimed(file(DAYS));
    expect(journeys.channels).toEqual(['email', 'search']);
    expect([...journeys.offsets]).toEqual([0, 2, 3, 4, 4]);
    expect([...journeys.channel]).toEqual([0, 1, 0, 0]);
    expect([...journeys.ageDays]).toEqual([3, 1, 2, 4]);
    expect([...journeys.converted]).toEqual([1, 1, 0, 1]);
    expect([...journeys.revenue]).toEqual([10, 20, 0, 5]);
    expect(personKeys![0]).toBe(personKeys![2]);
    expect(new Set(personKeys).size).toBe(3);
  });

  it('gives the same for any order of the rows', () => {
    const [head, ...rows] = DAYS.trim().split('\n');
    expect(readTimed(file(`${[head, ...rows.reverse()].join('\n')}\n`))).toEqual(readTimed(file(DAYS)));
  });

  it('counts days between instants', () => {
    const text = 'journey,channel,touched_at,ended_at,converted\na,email,2026-03-01T00:00:00Z,2026-03-03T12:00:00Z,1\n';
    const { journeys, personKeys } = readTimed(file(text));
    expect([...journeys.ageDays]).toEqual([2.5]);
    expect(personKeys).toBeUndefined();
  });

  it.each([
    ['journey,channel,converted\na,email,1\n', /needs the column touched_at/],
    ['journey,channel,days_before,converted\na,email,-1,1\n', /:2: days_before is -1; give a number of days >= 0/],
    ['journey,channel,days_before,converted\na,email,,1\n', /:2: days_before is empty/],
    ['journey,channel,days_before,converted\na,email,1,yes\n', /:2: converted is yes; give 0 or 1/],
    ['journey,channel,days_before,converted\na,email,1,1\na,email,1,0\n', /:3: converted is 0; give the same/],
    ['journey,channel,days_before,converted,revenue\na,email,1,0,5\n', /:2: revenue is 5; give 0/],
    ['journey,channel,days_before,converted,revenue\na,x,1,1,5\na,x,1,1,6\n', /:3: revenue is 6/],
    [
      'journey,channel,touched_at,ended_at,converted\na,x,2026-03-02T00:00:00Z,2026-03-01T00:00:00Z,1\n',
      /:2: touched_at is 2026-03-02T00:00:00Z; give an instant/,
    ],
    ['journey,channel,days_before,converted\n', /holds no row/],
  ])('refuses %j', (text, message) => {
    expect(() => readTimed(file(text))).toThrow(message);
  });
});

describe('isTimedFile', () => {
  it('tells timed journeys from paths by the header', () => {
    expect(isTimedFile(file(DAYS))).toBe(true);
    expect(isTimedFile(file('\ufeff"Journey","Channel",converted\n'))).toBe(true);
    expect(isTimedFile(file('path,conversions\nemail,3\n'))).toBe(false);
    expect(() => isTimedFile(join(folder, 'missing.csv'))).toThrow(/cannot be read/);
  });
});

describe('readSpend', () => {
  it('adds up the rows of a channel', () => {
    expect(readSpend(file('channel,spend\nemail,10\ntv,2.5\nemail,5\n'))).toEqual({ email: 15, tv: 2.5 });
  });

  it('refuses what is no amount', () => {
    expect(() => readSpend(file('channel,spend\nemail,ten\n'))).toThrow(/:2: spend is ten; give a number >= 0/);
    expect(() => readSpend(file('channel,cost\nemail,1\n'))).toThrow(/needs the columns channel and spend/);
  });
});
