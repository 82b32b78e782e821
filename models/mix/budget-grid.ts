import type { Line } from './budget-solve.ts';

/** Best split on a grid of money, for curves that are not concave (an S-shape earns nothing until it is fed enough). */
export interface GridSplits {
  step: number;
  /** best total outcome when exactly the lower bounds + k steps are spent; -Infinity where the bounds forbid it */
  best: Float64Array;
  /** the split that earns it */
  at(k: number): Float64Array;
}

/**
 * Exact dynamic program over channels: `best[k] = max over i of best of the channels before [k - i] + value(lower + i step)`.
 *
 * @param lines  curves with their bounds
 * @param room   money above the sum of the lower bounds that may be spent
 * @param cells  grid steps
 */
export function gridSplits(lines: readonly Line[], room: number, cells: number): GridSplits {
  const step = room / cells;
  let best: Float64Array = new Float64Array(cells + 1).fill(Number.NEGATIVE_INFINITY);
  best[0] = 0;
  const choices: Int32Array[] = [];
  for (const line of lines) {
    const most = Math.min(cells, Math.floor((line.upper - line.lower) / step + 1e-9));
    const values = Float64Array.from({ length: most + 1 }, (_, i) => line.value(line.lower + i * step));
    const next = new Float64Array(cells + 1).fill(Number.NEGATIVE_INFINITY);
    const choice = new Int32Array(cells + 1);
    for (let k = 0; k <= cells; k++) {
      for (let i = 0; i <= Math.min(k, most); i++) {
        const value = best[k - i] + values[i];
        if (value > next[k]) {
          next[k] = value;
          choice[k] = i;
        }
      }
    }
    best = next;
    choices.push(choice);
  }
  const at = (k: number): Float64Array => {
    const money = new Float64Array(lines.length);
    let rest = k;
    for (let c = lines.length - 1; c >= 0; c--) {
      money[c] = lines[c].lower + choices[c][rest] * step;
      rest -= choices[c][rest];
    }
    return money;
  };
  return { step, best, at };
}
