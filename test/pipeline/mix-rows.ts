import { fitMix, planBudget, simulateMarket, tabulateBudget } from '../../models/mix/index.ts';
import type { Warehouse } from '../../pipeline/warehouse.ts';
import { writeMix } from '../../pipeline/write-mix.ts';
import { writeMixBudget } from '../../pipeline/write-mix-budget.ts';

/** Fills every table of the mix as a fit of two geos, one study and held-out weeks does, without a workspace that has them. */
export async function plantMix(warehouse: Warehouse): Promise<void> {
  const { panel, drivers } = simulateMarket({ seed: 5, weeks: 60, geos: 2, paid: 2 });
  const week = panel.periods.findIndex((_, t) => t > 20 && panel.covariates.paid1[t] > 0);
  const study = {
    ...{
      name: 'dark',
      drivers: ['paid1'],
      start: panel.periods[week],
      end: panel.periods[week],
      counterfactualFactor: 0,
    },
    ...({ estimand: 'outcome', estimate: 100, standardError: 200, grade: 'A' } as const),
  };
  const options = { seed: 1, chains: 2, draws: 150, warmup: 150 };
  const fitted = fitMix(panel, { drivers, trend: 'none', experiments: [study] }, options);
  if (fitted.result.status !== 'ok') throw new Error('the planted mix did not converge; choose another seed');
  const holdout = fitMix(panel, { drivers, trend: 'none' }, { ...options, holdoutWeeks: 4 });
  await writeMix(warehouse, {
    run: {
      ...{
        status: 'ok',
        message: null,
        outcome: 'revenue_net',
        unit: 'EUR',
        isByGeo: true,
        holdoutWeeks: 4,
        level: 0.9,
      },
      ...{ window: [panel.periods[0], panel.periods[59]], fingerprint: 'planted', budgetFingerprint: null },
    },
    notes: [],
    checks: [],
    result: fitted.result,
    holdout: holdout.result,
    conversions: new Map(panel.periods.map((period) => [period, 100])),
    k: 10,
  });
  const request = { weeks: 13 };
  const table = tabulateBudget(fitted, request);
  const budget = table.channels.reduce((sum, { current }) => sum + current, 0);
  await writeMixBudget(warehouse, 'planted', 13, planBudget(fitted, { ...request, budget }), table, null);
}
