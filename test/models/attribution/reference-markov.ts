import type { Paths } from '../../../models/paths.ts';

/** The chain as text keys and maps, solved by walking it until nothing moves: slow, obvious, shares nothing with the product. */
export function referenceMarkov(
  paths: Paths,
  order: number,
): { probability: number; effects: number[]; revenueEffects: number[] } {
  const moves = new Map<string, Map<string, number>>();
  const money = new Map<string, number>();
  const add = (from: string, to: string, weight: number): void => {
    const row = moves.get(from) ?? new Map<string, number>();
    row.set(to, (row.get(to) ?? 0) + weight);
    moves.set(from, row);
  };
  for (let i = 0; i < paths.conversions.length; i++) {
    const names = [...paths.steps.slice(paths.offsets[i], paths.offsets[i + 1])].map((s) => paths.channels[s]);
    if (names.length === 0) continue;
    const states: string[] = [];
    if (names.length <= order) states.push(names.join('|'));
    else for (let s = 0; s + order <= names.length; s++) states.push(names.slice(s, s + order).join('|'));
    const walk = states.filter((state, s) => s === 0 || state !== states[s - 1]);
    const weight = paths.conversions[i] + paths.nonConversions[i];
    ['(start)', ...walk].slice(0, -1).forEach((from, s) => {
      add(from, walk[s], weight);
    });
    const last = walk[walk.length - 1];
    add(last, '(conversion)', paths.conversions[i]);
    add(last, '(null)', paths.nonConversions[i]);
    money.set(last, (money.get(last) ?? 0) + paths.revenue[i]);
  }
  const run = (removed: string | null): { probability: number; value: number } => {
    let mass = new Map([['(start)', 1]]);
    let probability = 0;
    let value = 0;
    for (let step = 0; step < 5000 && mass.size > 0; step++) {
      const next = new Map<string, number>();
      for (const [state, x] of mass) {
        const row = moves.get(state);
        if (row === undefined) continue;
        const total = [...row.values()].reduce((a, b) => a + b, 0);
        for (const [to, weight] of row) {
          if (weight === 0 || to === '(null)') continue;
          const p = (x * weight) / total;
          if (to === '(conversion)') {
            probability += p;
            value += (p * (money.get(state) ?? 0)) / weight;
          } else if ((removed === null || !to.split('|').includes(removed)) && p > 1e-25) {
            next.set(to, (next.get(to) ?? 0) + p);
          }
        }
      }
      mass = next;
    }
    return { probability, value };
  };
  const whole = run(null);
  const without = paths.channels.map(run);
  return {
    probability: whole.probability,
    effects: without.map((w) => 1 - w.probability / whole.probability),
    revenueEffects: without.map((w) => (whole.value === 0 ? 0 : 1 - w.value / whole.value)),
  };
}
