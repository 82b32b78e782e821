export { type AdstockKind, adstock, adstockWeights, geometricAdstock } from './adstock.ts';
export { type BudgetPlan, type BudgetRequest, planBudget } from './budget.ts';
export { type BudgetTable, type BudgetTableChannel, planFromTable, tabulateBudget } from './budget-table.ts';
export type { ChainHooks, ChainJob, ChainProgress, ChainResult, ChainSettings } from './chain.ts';
export { runChain } from './chain.ts';
export type { MixCheck } from './checks.ts';
export type { DriverKind, DriverSign, MixDriver, PriorOn } from './driver.ts';
export { type FittedMix, finishMix, fitMix, type MixOptions, type PreparedMix, prepareMix } from './fit.ts';
export type { Prior } from './prior.ts';
export type { Quantity } from './quantity.ts';
export type {
  DecompositionAnswer,
  DriverAnswer,
  ExperimentAnswer,
  MixDiagnostics,
  MixResult,
  ParameterAnswer,
} from './result.ts';
export { type Saturation, type SaturationKind, saturation } from './saturation.ts';
export { type SimulatedMarket, type SimulatedMarketOptions, simulateMarket } from './simulated-market.ts';
export type { MixExperiment, MixSpec } from './spec.ts';
export { type WeeklyTable, weeklyPanel } from './weekly-table.ts';
