import { type Paths, pathCount } from '../paths.ts';

/** The sets of distinct channels that journeys have, and a tree that finds any of them by its ascending channels. */
export interface ChannelSets {
  /** length sets + 1; set s is members[offsets[s] .. offsets[s + 1]), ascending; the empty set is not kept */
  offsets: Uint32Array;
  members: Uint32Array;
  /** length paths; set of each path, -1 for a path without steps */
  setOfPath: Int32Array;
  /** node reached from `node` by `channel`, or -1; the root is 0 */
  child(node: number, channel: number): number;
  /** the set that ends in a node, or -1 where no journey has it */
  setAt(node: number): number;
}

/** Numbers the distinct channel sets of all paths, in the order they are first seen. */
export function channelSets(paths: Paths): ChannelSets {
  const channels = paths.channels.length;
  const children = new Map<number, number>();
  const setOfNode: number[] = [-1];
  const setOfPath = new Int32Array(pathCount(paths)).fill(-1);
  const offsets: number[] = [0];
  const members: number[] = [];
  const seenIn = new Uint32Array(channels);
  const scratch = new Uint32Array(channels);
  for (let i = 0; i < pathCount(paths); i++) {
    let size = 0;
    for (let s = paths.offsets[i]; s < paths.offsets[i + 1]; s++) {
      const c = paths.steps[s];
      if (seenIn[c] === i + 1) continue;
      seenIn[c] = i + 1;
      scratch[size++] = c;
    }
    if (size === 0) continue;
    const set = scratch.subarray(0, size).sort();
    let node = 0;
    for (const c of set) {
      const key = node * channels + c;
      let next = children.get(key);
      if (next === undefined) {
        next = setOfNode.length;
        children.set(key, next);
        setOfNode.push(-1);
      }
      node = next;
    }
    if (setOfNode[node] < 0) {
      setOfNode[node] = offsets.length - 1;
      for (const c of set) members.push(c);
      offsets.push(members.length);
    }
    setOfPath[i] = setOfNode[node];
  }
  return {
    offsets: Uint32Array.from(offsets),
    members: Uint32Array.from(members),
    setOfPath,
    child: (node, channel) => children.get(node * channels + channel) ?? -1,
    setAt: (node) => setOfNode[node],
  };
}
