/**
 * Does the battery let through what it should? Grades of `panelClaim` on simulated panels with and without effect.
 *
 * 30 units, 100 periods, 2 treated from period 85, three shared autoregressive paths with loads of their own, unit noise AR(1).
 * Worlds: `none` no effect; `effect` a clear one; `shock` no effect, but demand of the treated units jumps as the test starts (nothing in a
 * bare panel can tell this from an effect: only the log, the calendar and negative controls can); `drift` no effect, treated units drift
 * away from half-way on.
 *
 *     tsx bench/studies/panel-grades.ts [panels per world]
 */
import { panelClaim } from '../../models/lift/panel-claim.ts';
import { random } from '../../models/numeric/random.ts';
import type { Panel } from '../../models/panel.ts';

const panels = Number(process.argv[2] ?? 100);
const [units, periods, start, rho] = [30, 100, 85, 0.3];

function simulate(world: string, seed: number): Panel {
  const draw = random(seed, 'panel grades', world);
  const paths = Array.from({ length: 3 }, () => {
    const path = new Float64Array(periods);
    for (let t = 0; t < periods; t++) path[t] = 0.7 * (path[t - 1] ?? 0) + 2 * draw.normal();
    return path;
  });
  const outcome = new Float64Array(units * periods);
  for (let u = 0; u < units; u++) {
    const loads = paths.map(() => 2.5 * draw.uniform());
    let noise = 0;
    for (let t = 0; t < periods; t++) {
      noise = rho * noise + Math.sqrt(1 - rho * rho) * draw.normal();
      let extra = 0;
      if (u < 2 && t >= start && (world === 'effect' || world === 'shock')) extra = 4;
      if (u < 2 && t >= 50 && world === 'drift') extra = 0.08 * (t - 50);
      outcome[u * periods + t] =
        100 + 3 * u + paths.reduce((sum, path, f) => sum + loads[f] * path[t], 0) + noise + extra;
    }
  }
  return {
    units: Array.from({ length: units }, (_, u) => `g${String(u).padStart(2, '0')}`),
    periods: Array.from({ length: periods }, (_, t) => `p${String(t).padStart(3, '0')}`),
    outcome,
    covariates: {},
  };
}

const treatment = {
  firstTreated: new Map([
    ['g00', start],
    ['g01', start],
  ]),
};
console.log('| world | p < 0.1 | B | C | X | truth inside 90 % | gates that spoke against it most |');
console.log('|---|---|---|---|---|---|---|');
for (const world of ['none', 'effect', 'shock', 'drift']) {
  const grades: Record<string, number> = { B: 0, C: 0, X: 0 };
  const failures = new Map<string, number>();
  let rejected = 0;
  let covered = 0;
  for (let seed = 1; seed <= panels; seed++) {
    const { graded, estimate, gates } = panelClaim(simulate(world, seed), treatment, {
      seed,
      draws: 199,
      calibration: { draws: 19 },
    });
    grades[graded.grade]++;
    if (estimate.pValue! < 0.1) rejected++;
    const truth = world === 'effect' ? 4 : 0;
    if (estimate.interval!.lo <= truth && truth <= estimate.interval!.hi) covered++;
    for (const { gate, verdict } of gates) if (verdict === 'failed') failures.set(gate, (failures.get(gate) ?? 0) + 1);
  }
  const most = [...failures]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 4)
    .map(([gate, count]) => `${gate} ${count}`);
  const share = (count: number): string => `${((100 * count) / panels).toFixed(0)} %`;
  console.log(
    `| ${world} | ${share(rejected)} | ${share(grades.B)} | ${share(grades.C)} | ${share(grades.X)} | ${share(covered)} | ${most.join(', ')} |`,
  );
}
