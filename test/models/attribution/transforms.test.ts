import { describe, expect, it } from 'vitest';
import { type PathTransform, transformPaths } from '../../../models/attribution/transforms.ts';
import { pathCount } from '../../../models/paths.ts';
import { shortPaths } from './small-paths.ts';

function transformed(path: string, ...transforms: PathTransform[]): string {
  const out = transformPaths(shortPaths([[path, 1, 2, 3]]), transforms);
  expect(pathCount(out)).toBe(1);
  expect([out.conversions[0], out.nonConversions[0], out.revenue[0]]).toEqual([1, 2, 3]);
  return [...out.steps].map((s) => out.channels[s]).join(' > ');
}

const direct = ['Direct'];

describe('transformPaths', () => {
  const path = 'a > a > a > Direct > a > Direct > Direct';

  it('makes the published vectors', () => {
    expect(transformed(path, { kind: 'unique' })).toBe(path);
    expect(transformed(path, { kind: 'exposure' })).toBe('a > Direct > a > Direct');
    expect(transformed(path, { kind: 'first' })).toBe('a > Direct');
    expect(transformed(path, { kind: 'remove_if_not_all', channels: direct })).toBe('a > a > a > a');
    expect(transformed(path, { kind: 'remove_if_last_and_not_all', channels: direct })).toBe('a > a > a > Direct > a');
    expect(transformed(path, { kind: 'trim_long_path', steps: 2 })).toBe('Direct > Direct');
    expect(transformed(path, { kind: 'trim_long_path', steps: 0 })).toBe(path);
    expect(transformed('A > A > B', { kind: 'frequency' })).toBe('A(2) > B(1)');
  });

  it('keeps a path that is nothing but the removed channel', () => {
    expect(transformed('Direct > Direct', { kind: 'remove_if_not_all', channels: direct })).toBe('Direct > Direct');
    expect(transformed('Direct > Direct', { kind: 'remove_if_last_and_not_all', channels: direct })).toBe(
      'Direct > Direct',
    );
  });

  it('drops the whole trailing run, also from a path of two touches', () => {
    expect(transformed('Example > Direct', { kind: 'remove_if_last_and_not_all', channels: direct })).toBe('Example');
    expect(transformed('A > Direct > Direct', { kind: 'remove_if_last_and_not_all', channels: direct })).toBe('A');
  });

  it('leaves the empty path empty', () => {
    const kinds: PathTransform[] = [
      { kind: 'exposure' },
      { kind: 'first' },
      { kind: 'frequency' },
      { kind: 'remove_if_not_all', channels: direct },
      { kind: 'remove_if_last_and_not_all', channels: direct },
      { kind: 'trim_long_path', steps: 3 },
    ];
    for (const kind of kinds) expect(transformed('', kind)).toBe('');
  });

  it('applies several from left to right', () => {
    expect(transformed(path, { kind: 'trim_long_path', steps: 4 }, { kind: 'exposure' })).toBe('Direct > a > Direct');
    expect(transformed(path, { kind: 'exposure' }, { kind: 'trim_long_path', steps: 3 })).toBe('Direct > a > Direct');
    expect(transformed(path, { kind: 'exposure' }, { kind: 'frequency' })).toBe('a(2) > Direct(2)');
  });

  it('treats each path by itself', () => {
    const out = transformPaths(
      shortPaths([
        ['a > b', 1],
        ['b > a > b', 1],
      ]),
      [{ kind: 'first' }],
    );
    expect([...out.offsets]).toEqual([0, 2, 4]);
  });

  it('refuses to keep half a step', () => {
    expect(() => transformed('a', { kind: 'trim_long_path', steps: 0.5 })).toThrow(/whole number/);
  });
});
