import { type Paths, pathCount } from '../paths.ts';
import { keyOfText } from './poisson-weights.ts';
import { mix32, windowTable } from './window-table.ts';

/** Rows with the same sequence become one, with their counts added; in the order they are first seen. */
export function mergePaths(paths: Paths): Paths {
  return mergeRows(paths).paths;
}

/** `mergePaths`, and the merged row of each row. */
export function mergeRows(paths: Paths): { paths: Paths; rowOf: Uint32Array } {
  const count = pathCount(paths);
  const table = windowTable(paths.steps);
  const rowOf = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    let hash = 0;
    for (let s = paths.offsets[i]; s < paths.offsets[i + 1]; s++) {
      hash = (Math.imul(hash, 0x9e3779b1) + paths.steps[s] + 1) | 0;
    }
    rowOf[i] = table.intern(mix32(hash), paths.offsets[i], paths.offsets[i + 1] - paths.offsets[i]);
  }
  const { stateOffsets, stateChannels } = table.states();
  const rows = stateOffsets.length - 1;
  if (rows === count) return { paths, rowOf };
  const conversions = new Float64Array(rows);
  const nonConversions = new Float64Array(rows);
  const revenue = new Float64Array(rows);
  for (let i = 0; i < count; i++) {
    conversions[rowOf[i]] += paths.conversions[i];
    nonConversions[rowOf[i]] += paths.nonConversions[i];
    revenue[rowOf[i]] += paths.revenue[i];
  }
  const merged = {
    channels: paths.channels,
    offsets: stateOffsets,
    steps: stateChannels,
    conversions,
    nonConversions,
    revenue,
  };
  return { paths: merged, rowOf };
}

/** Two words per path: a 64-bit key of its content. Keys are made from channel names, so that they do not depend on which other channels the file has. */
export function contentKeys(paths: Paths): Uint32Array {
  const low = new Int32Array(paths.channels.length);
  const high = new Int32Array(paths.channels.length);
  paths.channels.forEach((name, c) => {
    const key = keyOfText(name);
    low[c] = key.low;
    high[c] = key.high;
  });
  const keys = new Uint32Array(2 * pathCount(paths));
  for (let i = 0; i < pathCount(paths); i++) {
    let a = 0x2545f491;
    let b = 0x6c8e9cf5;
    for (let s = paths.offsets[i]; s < paths.offsets[i + 1]; s++) {
      a = mix32(Math.imul(a, 0x9e3779b1) ^ low[paths.steps[s]]);
      b = (Math.imul(b, 0x85ebca77) + high[paths.steps[s]]) | 0;
      b ^= b >>> 15;
    }
    keys[2 * i] = a;
    keys[2 * i + 1] = mix32(b);
  }
  return keys;
}
