/**
 * Simulation-based calibration of the mix model: prior -> data -> fit -> ranks, for a national model, a national one with
 * Student-t noise and every effect sign, and a geo model. Prints the table of docs/mix.md.
 *
 *     npx tsx bench/studies/mix-calibration.ts [replications = 300] [seed = 1]
 */
import { compileProblem } from '../../models/mix/compile.ts';
import type { MixProblem } from '../../models/mix/problem.ts';
import { simulateMarket } from '../../models/mix/simulated-market.ts';
import { holm, rankUniformity, simulationRanks } from '../../models/mix/simulation-check.ts';
import type { MixSpec } from '../../models/mix/spec.ts';

const [replications = 300, seed = 1] = process.argv.slice(2).map(Number);
const BINS = 20;

function problemOf(geos: number, weeks: number, media: [number, number, number], more: Partial<MixSpec>): MixProblem {
  const [paid, organic, negative] = media;
  const market = simulateMarket({ seed: 'calibration', geos, weeks, paid, organic, negative });
  return compileProblem(market.panel, {
    drivers: market.drivers,
    population: geos > 1 ? market.population : undefined,
    trend: { everyWeeks: 26 },
    season: { order: 1 },
    ...more,
  });
}

const models: [string, MixProblem][] = [
  ['national, 104 weeks, 2 paid', problemOf(1, 104, [2, 0, 0], {})],
  [
    'national, 104 weeks, 1 paid, 1 organic, 1 negative, t5 noise',
    problemOf(1, 104, [1, 1, 1], { noise: { kind: 'student_t', df: 5 } }),
  ],
  ['6 geos x 60 weeks, 2 paid by geo', problemOf(6, 60, [2, 0, 0], {})],
];

console.log(`${replications} replications, seed ${seed}, one chain of 200 + 495 thinned by 5, ${BINS} bins\n`);
for (const [title, problem] of models) {
  const before = process.cpuUsage();
  const { names, ranks, draws, divergences } = simulationRanks(problem, { replications, seed });
  const used = process.cpuUsage(before);
  const pValues = ranks.map((rank) => rankUniformity(rank, draws, BINS));
  const adjusted = holm(pValues);
  const rejected = names.filter((_, i) => adjusted[i] < 0.01);
  console.log(`### ${title}`);
  console.log(
    `${names.length} quantities, ${divergences} divergences, ${((used.user + used.system) / 1e6).toFixed(0)} CPU-s, ` +
      `rejected by Holm at 1 %: ${rejected.length === 0 ? 'none' : rejected.join(', ')}`,
  );
  console.log('\n| quantity | chi-square p | Holm p |\n|---|---|---|');
  const shown = names.map((name, i) => ({ name, p: pValues[i], holm: adjusted[i] }));
  for (const row of shown.filter(({ name }) => !name.startsWith('geo_effect') && !name.startsWith('level['))) {
    console.log(`| ${row.name} | ${row.p.toFixed(3)} | ${row.holm.toFixed(3)} |`);
  }
  const local = shown.filter(({ name }) => name.startsWith('geo_effect') || name.startsWith('level['));
  if (local.length > 0) {
    const smallest = local.reduce((a, b) => (b.p < a.p ? b : a));
    console.log(
      `| smallest of ${local.length} levels and geo effects: ${smallest.name} | ${smallest.p.toFixed(3)} | ${smallest.holm.toFixed(3)} |`,
    );
  }
  console.log('');
}
