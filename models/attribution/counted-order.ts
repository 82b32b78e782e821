import { InputError } from '../errors.ts';
import { type OrderChoice, scoreOrders } from './order-choice.ts';
import { edgeTable } from './window-table.ts';

/** What followed the last touches of journeys, counted by fold of persons; one entry each. */
export interface CountedMoves {
  fold: Float64Array;
  /**
   * the touches before the event, the latest first, as many lists as the highest order: each entry a channel + 1, or 0 before
   * the first touch
   */
  before: readonly Float64Array[];
  /** a channel + 1, then channels + 1 for a conversion and channels + 2 for the end without */
  event: Float64Array;
  /** journeys that went this way */
  journeys: Float64Array;
}

/**
 * `chooseOrder` from the moves that a database counted, so that no journey leaves it. Folds are groups of persons.
 *
 * @param channels  number of channels
 * @throws InputError `insufficient_data` when a fold has no journey
 */
export function chooseCountedOrder(counted: CountedMoves, channels: number, folds: number, seed: number): OrderChoice {
  const { fold, before, event, journeys: counts } = counted;
  const maxOrder = before.length;
  const contexts = contextTable(channels, maxOrder);
  const edges = edgeTable(Number.POSITIVE_INFINITY);
  const totals: number[] = [];
  const moveCounts: number[] = [];
  const journeys = new Float64Array(folds);
  const addTo = (list: number[], at: number, i: number): void => {
    while (list.length < (at + 1) * folds) list.push(0);
    list[at * folds + fold[i]] += counts[i];
  };
  for (let i = 0; i < counts.length; i++) {
    if (event[i] > channels) journeys[fold[i]] += counts[i];
    let context = contexts.root;
    for (let k = 0; k <= maxOrder; k++) {
      if (k > 0) context = contexts.longer(context, k, before[k - 1][i]);
      addTo(totals, context, i);
      addTo(moveCounts, edges.intern(context, event[i] - 1), i);
    }
  }
  if (journeys.some((n) => n === 0)) {
    throw new InputError('insufficient_data', `a fold of ${folds} has no journey; give more journeys or fewer folds`);
  }
  const moves = {
    folds,
    order: contexts.order,
    shorter: contexts.shorter,
    totals: Float64Array.from(totals),
    edges: edges.edges(),
    find: edges.find,
    counts: Float64Array.from(moveCounts),
  };
  return scoreOrders(moves, channels, journeys, { maxOrder, unit: 'person', seed });
}

/** Numbers contexts; the one of no touch at all is `root`. */
function contextTable(channels: number, maxOrder: number) {
  const order = [0];
  const shorter = [-1];
  const numbers = new Map<number, number>();
  return {
    root: 0,
    order,
    shorter,
    /** the context of order k that is `context` of order k - 1 and one touch before it */
    longer(context: number, k: number, touch: number): number {
      const key = (context * (maxOrder + 1) + k) * (channels + 1) + touch;
      const known = numbers.get(key);
      if (known !== undefined) return known;
      order.push(k);
      shorter.push(context);
      numbers.set(key, order.length - 1);
      return order.length - 1;
    },
  };
}
