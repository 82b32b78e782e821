import { InputError } from '../errors.ts';
import { type Paths, pathCount } from '../paths.ts';

/**
 * A change made to every path before a model reads it.
 *
 *     unique                      the path as it is
 *     exposure                    A A B A -> A B A           consecutive repeats become one
 *     first                       A A B A -> A B             only the first occurrence of each channel
 *     frequency                   A A B   -> A(2) B(1)       each channel once, with its count
 *     remove_if_not_all           drops the channels given, unless nothing would be left
 *     remove_if_last_and_not_all  drops them from the end only, unless nothing would be left
 *     trim_long_path              keeps the last `steps` touches; 0 keeps all
 */
export type PathTransform =
  | { kind: 'unique' }
  | { kind: 'exposure' }
  | { kind: 'first' }
  | { kind: 'frequency' }
  | { kind: 'remove_if_not_all' | 'remove_if_last_and_not_all'; channels: readonly string[] }
  | { kind: 'trim_long_path'; steps: number };

/**
 * Applies transforms to every path, left to right. Counts stay on their rows: equal paths are not merged
 * (`mergePaths` does that), and a path never loses its row.
 *
 * @returns new paths; `channels` changes only under `frequency` (names such as `email(2)`)
 * @throws InputError `bad_parameter` when `steps` is no whole number >= 0
 */
export function transformPaths(paths: Paths, transforms: readonly PathTransform[]): Paths {
  let out = paths;
  for (const transform of transforms) {
    if (transform.kind === 'frequency') out = countChannels(out);
    else if (transform.kind !== 'unique') out = rewrite(out, rewriterOf(out, transform));
  }
  return out;
}

/** Writes the new path of steps[start..end) into `target` from `at` on and returns where it ended; never longer. */
type Rewriter = (steps: Uint32Array, start: number, end: number, target: Uint32Array, at: number) => number;

function rewriterOf(
  paths: Paths,
  transform: Exclude<PathTransform, { kind: 'unique' } | { kind: 'frequency' }>,
): Rewriter {
  switch (transform.kind) {
    case 'exposure':
      return keep((steps, at, start) => at === start || steps[at] !== steps[at - 1]);
    case 'first':
      return keepFirst(paths.channels.length);
    case 'remove_if_not_all': {
      const dropped = flags(paths, transform.channels);
      return unlessEmpty(keep((steps, at) => dropped[steps[at]] === 0));
    }
    case 'remove_if_last_and_not_all': {
      const dropped = flags(paths, transform.channels);
      return unlessEmpty((steps, start, end, target, at) => {
        let last = end;
        while (last > start && dropped[steps[last - 1]] === 1) last--;
        return copy(steps, start, last, target, at);
      });
    }
    case 'trim_long_path': {
      const limit = transform.steps;
      if (!(Number.isInteger(limit) && limit >= 0)) {
        throw new InputError('bad_parameter', `trim_long_path keeps ${limit} steps; give a whole number, 0 keeps all`);
      }
      return (steps, start, end, target, at) =>
        copy(steps, limit === 0 ? start : Math.max(start, end - limit), end, target, at);
    }
  }
}

function rewrite(paths: Paths, rewriter: Rewriter): Paths {
  const count = pathCount(paths);
  const steps = new Uint32Array(paths.steps.length);
  const offsets = new Uint32Array(count + 1);
  for (let i = 0; i < count; i++) {
    offsets[i + 1] = rewriter(paths.steps, paths.offsets[i], paths.offsets[i + 1], steps, offsets[i]);
  }
  return { ...paths, offsets, steps: steps.slice(0, offsets[count]) };
}

function keep(wanted: (steps: Uint32Array, at: number, start: number) => boolean): Rewriter {
  return (steps, start, end, target, at) => {
    let to = at;
    for (let s = start; s < end; s++) if (wanted(steps, s, start)) target[to++] = steps[s];
    return to;
  };
}

function keepFirst(channels: number): Rewriter {
  const seenIn = new Uint32Array(channels);
  let path = 0;
  const inner = keep((steps, at) => {
    if (seenIn[steps[at]] === path) return false;
    seenIn[steps[at]] = path;
    return true;
  });
  return (steps, start, end, target, at) => {
    path++;
    return inner(steps, start, end, target, at);
  };
}

function unlessEmpty(inner: Rewriter): Rewriter {
  return (steps, start, end, target, at) => {
    const to = inner(steps, start, end, target, at);
    return to > at ? to : copy(steps, start, end, target, at);
  };
}

function copy(steps: Uint32Array, start: number, end: number, target: Uint32Array, at: number): number {
  for (let s = start; s < end; s++) target[at + s - start] = steps[s];
  return at + end - start;
}

function flags(paths: Paths, channels: readonly string[]): Uint8Array {
  const wanted = new Set(channels);
  return Uint8Array.from(paths.channels, (name) => (wanted.has(name) ? 1 : 0));
}

/** A A B -> A(2) B(1), in the order of first occurrence. */
function countChannels(paths: Paths): Paths {
  const count = pathCount(paths);
  const offsets = new Uint32Array(count + 1);
  const names: string[] = [];
  const index = new Map<string, number>();
  const steps: number[] = [];
  for (let i = 0; i < count; i++) {
    const times = new Map<number, number>();
    for (let s = paths.offsets[i]; s < paths.offsets[i + 1]; s++) {
      times.set(paths.steps[s], (times.get(paths.steps[s]) ?? 0) + 1);
    }
    for (const [channel, n] of times) {
      const name = `${paths.channels[channel]}(${n})`;
      let at = index.get(name);
      if (at === undefined) {
        at = names.length;
        index.set(name, at);
        names.push(name);
      }
      steps.push(at);
    }
    offsets[i + 1] = steps.length;
  }
  const order = names.map((_, i) => i).sort((a, b) => (names[a] < names[b] ? -1 : 1));
  const rank = new Uint32Array(names.length);
  order.forEach((from, to) => {
    rank[from] = to;
  });
  return { ...paths, channels: order.map((i) => names[i]), offsets, steps: Uint32Array.from(steps, (s) => rank[s]) };
}
