/** A range of r in which the same lines are trimmed and the same two lie at the borders of the body. */
export interface Piece {
  from: number;
  to: number;
  /** sums over the body */
  response: number;
  cost: number;
  /** W(r) = square0 - 2 square1 r + square2 r^2: body squares plus `trimmed` times the two border squares */
  square0: number;
  square1: number;
  square2: number;
}

/**
 * Walks the order of the lines e_i(r) = response_i - r cost_i from r = -infinity to +infinity.
 *
 * Two neighbours swap where their lines cross; only swaps that touch the borders of the body start a new piece.
 *
 * @param lines    at least 2 trimmed + 1
 * @param trimmed  lines left out at each end
 * @returns        pieces in order of r, covering the whole line
 */
export function trimmedPieces(lines: readonly { response: number; cost: number }[], trimmed: number): Piece[] {
  const n = lines.length;
  const first = trimmed;
  const last = n - trimmed - 1;
  // far to the left e is ruled by +cost
  const order = Array.from(lines.keys()).sort(
    (a, b) => lines[a].cost - lines[b].cost || lines[a].response - lines[b].response || a - b,
  );
  const pieces: Piece[] = [];
  let from = Number.NEGATIVE_INFINITY;
  let current = sums();
  for (const { at, pairs } of crossings(lines)) {
    if (swapTouchesBorder(pairs, at)) {
      pieces.push({ from, to: at, ...current });
      from = at;
      current = sums();
    }
  }
  pieces.push({ from, to: Number.POSITIVE_INFINITY, ...current });
  return pieces;

  /** Puts the lines that meet at r = `at` into the order they have to its right; says whether body or borders changed. */
  function swapTouchesBorder(meeting: ReadonlySet<number>, at: number): boolean {
    const places: number[] = [];
    order.forEach((line, place) => {
      if (meeting.has(line)) places.push(place);
    });
    const members = places.map((place) => order[place]);
    // lines that meet in one point keep their places as a block and leave it in reverse order of cost; several points may
    // share this r, so the block is found by the value of the lines there
    const value = (line: number): number => lines[line].response - at * lines[line].cost;
    const scale = Math.max(...members.map((line) => Math.abs(value(line))), 1e-300);
    const close = (a: number, b: number): boolean => Math.abs(value(a) - value(b)) <= 1e-9 * scale;
    let touched = false;
    for (let i = 0; i < members.length; ) {
      let j = i + 1;
      while (j < members.length && places[j] === places[j - 1] + 1 && close(members[j - 1], members[j])) j++;
      const block = members
        .slice(i, j)
        .sort((a, b) => lines[b].cost - lines[a].cost || lines[a].response - lines[b].response || a - b);
      for (let k = 0; k < block.length; k++) {
        if (order[places[i + k]] !== block[k]) {
          order[places[i + k]] = block[k];
          const place = places[i + k];
          if (place === first || place === last || (first > 0 && (place === first - 1 || place === last + 1)))
            touched = true;
        }
      }
      i = j;
    }
    return touched;
  }

  function sums(): Omit<Piece, 'from' | 'to'> {
    const out = { response: 0, cost: 0, square0: 0, square1: 0, square2: 0 };
    for (let place = first; place <= last; place++) {
      const { response, cost } = lines[order[place]];
      const times = 1 + (place === first ? trimmed : 0) + (place === last ? trimmed : 0);
      out.response += response;
      out.cost += cost;
      out.square0 += times * response * response;
      out.square1 += times * response * cost;
      out.square2 += times * cost * cost;
    }
    return out;
  }
}

/** Where lines cross, in order; lines that cross at the same r come together. */
function crossings(lines: readonly { response: number; cost: number }[]): { at: number; pairs: Set<number> }[] {
  const all: { at: number; i: number; j: number }[] = [];
  for (let i = 0; i < lines.length; i++) {
    for (let j = 0; j < i; j++) {
      const slope = lines[i].cost - lines[j].cost;
      if (slope !== 0) all.push({ at: (lines[i].response - lines[j].response) / slope, i, j });
    }
  }
  all.sort((a, b) => a.at - b.at || a.i - b.i || a.j - b.j);
  const grouped: { at: number; pairs: Set<number> }[] = [];
  for (const { at, i, j } of all) {
    const open = grouped.at(-1);
    if (open !== undefined && at - open.at <= 1e-12 * Math.abs(at)) {
      open.pairs.add(i).add(j);
    } else grouped.push({ at, pairs: new Set([i, j]) });
  }
  return grouped;
}
