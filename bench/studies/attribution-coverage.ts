/**
 * Coverage of the 90 % bootstrap intervals of every path model, on simulated markets.
 *
 *     tsx bench/studies/attribution-coverage.ts [markets]
 *
 * Truth is the model's own credit on a population a hundred times larger: the study asks whether the interval says how far
 * sampling can move a number, not whether credit is causal. 300 markets take about three minutes of one processor.
 */
import { bootstrapDraws, bootstrapInterval, drawsOf } from '../../models/attribution/bootstrap.ts';
import { type ModelRequest, prepareModel } from '../../models/attribution/registry.ts';
import { resampleUnits } from '../../models/attribution/resample.ts';
import { simulateJourneys } from '../../test/models/attribution/simulated-journeys.ts';
import { printTable } from '../harness.ts';

const markets = Number(process.argv[2] ?? 300);
const REPLICATES = 200;
const LEVEL = 0.9;

const MODELS: ModelRequest[] = [
  { model: 'first_touch' },
  { model: 'last_touch' },
  { model: 'last_non_direct' },
  { model: 'linear' },
  { model: 'position_based' },
  { model: 'shapley' },
  { model: 'shapley_rate' },
  { model: 'markov', order: 1 },
  { model: 'markov', order: 2 },
];

interface Scenario {
  name: string;
  persons: number;
  journeysPerPerson: number;
  unit: 'person' | 'journey';
}

const SCENARIOS: Scenario[] = [
  { name: '500 single journeys', persons: 500, journeysPerPerson: 1, unit: 'journey' },
  { name: '2,000 single journeys', persons: 2000, journeysPerPerson: 1, unit: 'journey' },
  { name: '8,000 single journeys', persons: 8000, journeysPerPerson: 1, unit: 'journey' },
  { name: '500 persons, 4 journeys each', persons: 500, journeysPerPerson: 4, unit: 'person' },
  { name: 'the same, persons unknown', persons: 500, journeysPerPerson: 4, unit: 'journey' },
];

const label = ({ model, order }: ModelRequest): string => (order === undefined ? model : `${model} ${order}`);

interface Tally {
  held: number;
  of: number;
}

const tally = (): Tally => ({ held: 0, of: 0 });
const percent = ({ held, of }: Tally): string => (of === 0 ? '-' : ((100 * held) / of).toFixed(1));

function add(to: Tally, inside: boolean): void {
  to.of++;
  if (inside) to.held++;
}

const SIZES: [string, number, number][] = [
  ['under 3', 0, 3],
  ['3 to 5', 3, 5],
  ['5 to 10', 5, 10],
  ['10 to 20', 10, 20],
  ['20 to 50', 20, 50],
  ['50 and more', 50, Number.POSITIVE_INFINITY],
];
const bySize = new Map(SIZES.map(([size]) => [size, { conversions: tally(), revenue: tally() }]));
const rows: string[][] = [];
for (const scenario of SCENARIOS) {
  const population = simulateJourneys('population', 100 * scenario.persons, scenario.journeysPerPerson).paths;
  const truth = MODELS.map((request) => prepareModel(population, request)(population));
  const conversions = MODELS.map(tally);
  const revenue = MODELS.map(tally);
  for (let market = 0; market < markets; market++) {
    const { paths, personKeys } = simulateJourneys(
      `${scenario.name} ${market}`,
      scenario.persons,
      scenario.journeysPerPerson,
    );
    const units = resampleUnits(paths, scenario.unit === 'person' ? personKeys : undefined);
    const draws = bootstrapDraws(units, MODELS, market, REPLICATES);
    MODELS.forEach((_, m) => {
      paths.channels.forEach((name, j) => {
        const at = population.channels.indexOf(name);
        for (const kind of ['conversions', 'revenue'] as const) {
          const expected = truth[m][kind][at] / 100;
          const interval = bootstrapInterval(drawsOf(draws, m, kind, j), LEVEL);
          const inside = interval !== null && interval.lo <= expected && expected <= interval.hi;
          add((kind === 'conversions' ? conversions : revenue)[m], inside);
          if (scenario.name.startsWith('the same')) continue;
          const [size] = SIZES.find(
            ([, lo, hi]) => truth[m].conversions[at] / 100 >= lo && truth[m].conversions[at] / 100 < hi,
          )!;
          add(bySize.get(size)![kind], inside);
        }
      });
    });
  }
  rows.push([scenario.name, ...MODELS.map((_, m) => `${percent(conversions[m])} / ${percent(revenue[m])}`)]);
}
console.log(
  `${markets} markets each, ${REPLICATES} replicates, level ${LEVEL}; coverage in % of conversions / revenue, over channels`,
);
printTable(
  ['', ...rows.map((row) => row[0])],
  MODELS.map((request, m) => [label(request), ...rows.map((row) => row[m + 1])]),
);
console.log('\ncoverage in % by the true credit of the channel, in conversions, over all models');
printTable(
  ['true credit', 'coverage', 'intervals'],
  SIZES.map(([size]) => [
    size,
    `${percent(bySize.get(size)!.conversions)} / ${percent(bySize.get(size)!.revenue)}`,
    String(bySize.get(size)!.revenue.of),
  ]),
);
