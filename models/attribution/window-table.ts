/** Numbers windows of channels by content, in the order they are first seen. */
export interface WindowTable {
  /** the number of steps[at .. at + length); `hash` must be a function of its content */
  intern(hash: number, at: number, length: number): number;
  /** contents of all windows seen: window w is stateChannels[stateOffsets[w] .. stateOffsets[w + 1]) */
  states(): { stateOffsets: Uint32Array; stateChannels: Uint32Array };
}

/** Open addressing over `steps`: a slot keeps where its window stands, so nothing is copied and collisions are compared. */
export function windowTable(steps: Uint32Array): WindowTable {
  let capacity = 1024;
  let slots = new Int32Array(capacity).fill(-1);
  let position = new Uint32Array(capacity / 2);
  let lengths = new Uint32Array(capacity / 2);
  let hashes = new Int32Array(capacity / 2);
  let size = 0;

  const equal = (state: number, at: number, length: number): boolean => {
    if (lengths[state] !== length) return false;
    const other = position[state];
    for (let i = 0; i < length; i++) if (steps[other + i] !== steps[at + i]) return false;
    return true;
  };
  const grow = (): void => {
    capacity *= 2;
    slots = new Int32Array(capacity).fill(-1);
    position = widened(position);
    lengths = widened(lengths);
    hashes = widened(hashes);
    for (let state = 0; state < size; state++) {
      let slot = hashes[state] & (capacity - 1);
      while (slots[slot] >= 0) slot = (slot + 1) & (capacity - 1);
      slots[slot] = state;
    }
  };
  return {
    intern(hash, at, length) {
      let slot = hash & (capacity - 1);
      for (let state = slots[slot]; state >= 0; state = slots[slot]) {
        if (hashes[state] === hash && equal(state, at, length)) return state;
        slot = (slot + 1) & (capacity - 1);
      }
      slots[slot] = size;
      position[size] = at;
      lengths[size] = length;
      hashes[size] = hash;
      size++;
      if (size * 2 === capacity) grow();
      return size - 1;
    },
    states() {
      const stateOffsets = new Uint32Array(size + 1);
      for (let s = 0; s < size; s++) stateOffsets[s + 1] = stateOffsets[s] + lengths[s];
      const stateChannels = new Uint32Array(stateOffsets[size]);
      for (let s = 0; s < size; s++) {
        for (let i = 0; i < lengths[s]; i++) stateChannels[stateOffsets[s] + i] = steps[position[s] + i];
      }
      return { stateOffsets, stateChannels };
    },
  };
}

/** Numbers ordered pairs of states, in the order they are first seen. */
export interface EdgeTable {
  intern(from: number, to: number): number;
  /** the number of a pair, or -1 if it was never seen */
  find(from: number, to: number): number;
  edges(): { from: Uint32Array; to: Uint32Array };
}

// up to here a square table is small enough to stay in the cache of a processor
const SQUARE_STATES = 1024;

/** @param states  number of states, or Infinity where it is not known */
export function edgeTable(states: number): EdgeTable {
  return states <= SQUARE_STATES ? squareEdges(states) : hashedEdges();
}

function squareEdges(states: number): EdgeTable {
  const numbers = new Int32Array(states * states).fill(-1);
  const from: number[] = [];
  const to: number[] = [];
  return {
    intern(a, b) {
      const cell = a * states + b;
      if (numbers[cell] < 0) {
        numbers[cell] = from.length;
        from.push(a);
        to.push(b);
      }
      return numbers[cell];
    },
    find: (a, b) => numbers[a * states + b],
    edges: () => ({ from: Uint32Array.from(from), to: Uint32Array.from(to) }),
  };
}

function hashedEdges(): EdgeTable {
  let capacity = 4096;
  let slots = new Int32Array(capacity).fill(-1);
  let from = new Uint32Array(capacity / 2);
  let to = new Uint32Array(capacity / 2);
  let size = 0;
  const hashOf = (a: number, b: number): number => mix32(Math.imul(a, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35));
  const grow = (): void => {
    capacity *= 2;
    slots = new Int32Array(capacity).fill(-1);
    from = widened(from);
    to = widened(to);
    for (let edge = 0; edge < size; edge++) {
      let slot = hashOf(from[edge], to[edge]) & (capacity - 1);
      while (slots[slot] >= 0) slot = (slot + 1) & (capacity - 1);
      slots[slot] = edge;
    }
  };
  return {
    intern(a, b) {
      let slot = hashOf(a, b) & (capacity - 1);
      for (let edge = slots[slot]; edge >= 0; edge = slots[slot]) {
        if (from[edge] === a && to[edge] === b) return edge;
        slot = (slot + 1) & (capacity - 1);
      }
      slots[slot] = size;
      from[size] = a;
      to[size] = b;
      size++;
      if (size * 2 === capacity) grow();
      return size - 1;
    },
    find(a, b) {
      let slot = hashOf(a, b) & (capacity - 1);
      for (let edge = slots[slot]; edge >= 0; edge = slots[slot]) {
        if (from[edge] === a && to[edge] === b) return edge;
        slot = (slot + 1) & (capacity - 1);
      }
      return -1;
    },
    edges: () => ({ from: from.slice(0, size), to: to.slice(0, size) }),
  };
}

function widened<T extends Uint32Array | Int32Array>(values: T): T {
  const wide = new (values.constructor as new (length: number) => T)(values.length * 2);
  wide.set(values);
  return wide;
}

/** Spreads a 32-bit integer over all bits (the finaliser of MurmurHash3, public domain). */
export function mix32(value: number): number {
  let h = value ^ (value >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}
