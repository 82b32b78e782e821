import { quantileSorted } from '../numeric/quantile.ts';
import type { ChainResult } from './chain.ts';
import { checkResiduals } from './checks.ts';
import { type SamplingReport, samplingReport, type Watched, watch } from './convergence.ts';
import { decompositionAnswer, observedTotal } from './decomposition-answer.ts';
import type { Draws } from './diagnostics.ts';
import type { PreparedMix } from './fit.ts';
import { fitStatistics } from './fit-statistics.ts';
import { informedBy, priorAgainstPosterior } from './informed.ts';
import { MARGINAL_STEP, type PosteriorDraws, parameterUnit, posteriorDraws } from './posterior-draws.ts';
import type { MixProblem, ProblemExperiment } from './problem.ts';
import { moments, probability, quantityOf } from './quantity.ts';
import { geoSpend, type ResponsePoint, responseCurves, windowSpend } from './response-curve.ts';
import type { DriverAnswer, ExperimentAnswer, MixDiagnostics, MixResult, ParameterAnswer } from './result.ts';

export interface SummaryOptions {
  level: number;
  seriesDraws: number;
}

/**
 * Turns draws into answers. Nothing but diagnostics is reported when the chains do not agree (R-hat >= 1.05) or were
 * stopped.
 */
export function summarise(prepared: PreparedMix, chains: readonly ChainResult[]): MixResult {
  const { problem, settings, geometry } = prepared.job;
  const { level, seriesDraws } = prepared.summary;
  const base = {
    seed: prepared.seed,
    chains: chains.length,
    draws: settings.draws,
    warmup: settings.warmup,
    mode_converged: geometry.modeConverged,
    geos: problem.geos.length,
    weeks: problem.weeks.length - problem.start,
    fitted_cells: problem.weight.reduce((a, b) => a + b, 0),
    parameters: problem.at.dimension,
    checks: prepared.checks,
  };
  const empty = { drivers: [], parameters: [], decomposition: null, fit: null, experiments: [] };
  if (chains.some((chain) => chain.stopped)) {
    return { schema_version: 1, status: 'stopped', ...empty, diagnostics: { ...base, ...stoppedReport(chains) } };
  }
  const draws = posteriorDraws(problem, chains);
  const watched = watch(problem, draws);
  const diagnostics: MixDiagnostics = { ...base, ...samplingReport(problem, chains, draws, watched) };
  if (!diagnostics.converged) return { schema_version: 1, status: 'not_converged', ...empty, diagnostics };
  const fit = fitStatistics(problem, chains, seriesDraws, prepared.seed, level);
  diagnostics.checks = [...diagnostics.checks, ...checkResiduals(fit.residual_autocorrelation)];
  const curves = responseCurves(problem, chains, seriesDraws, level);
  return {
    schema_version: 1,
    status: 'ok',
    drivers: problem.drivers.map((_, j) => driverAnswer(problem, draws, j, curves[j], level)),
    parameters: parameterTable(problem, draws, watched.parameters),
    decomposition: decompositionAnswer(problem, chains, seriesDraws, level),
    fit,
    experiments: problem.experiments.map((_, e) => experimentAnswer(problem, draws, e, level)),
    diagnostics,
  };
}

function driverAnswer(
  problem: MixProblem,
  draws: PosteriorDraws,
  j: number,
  curve: ResponsePoint[],
  level: number,
): DriverAnswer {
  const driver = problem.drivers[j];
  const contribution = draws.contribution[j];
  const total = Math.abs(observedTotal(problem));
  const scaled = (values: Draws, factor: number): Float64Array[] =>
    values.map((chain) => chain.map((value) => value * factor));
  const spend = windowSpend(problem, j);
  const value = problem.valuePerOutcome;
  const factor = parameterUnit(problem, driver.effectAt).factor;
  const prior = problem.priors[driver.effectAt];
  const compared = priorAgainstPosterior(
    prior,
    scaled(draws.parameters[driver.effectAt], 1 / factor),
    driver.name,
    level,
  );
  const studies = problem.experiments.filter(({ parts }) => parts.some((part) => part.driver === j));
  const answer: DriverAnswer = {
    name: driver.name,
    kind: driver.kind,
    sign: driver.sign,
    contribution: quantityOf(contribution, level),
    contribution_share: quantityOf(scaled(contribution, 1 / total), level),
    probability_positive: probability(contribution, (amount) => amount > 0),
    prior: { on: driver.on, ...compared },
    informed_by: informedBy(compared, studies.length > 0),
    grade: studies.some((study) => raisesGrade(problem, study)) ? 'D' : 'E',
    response_curve: curve,
  };
  if (problem.geos.length > 1) {
    answer.by_geo = problem.geos.map((geo, g) => ({
      geo,
      contribution: quantityOf(draws.contributionByGeo[j * problem.geos.length + g], level),
      ...(driver.spend ? { spend: geoSpend(problem, j, g) } : {}),
    }));
  }
  if (spend > 0) {
    answer.spend = spend;
    answer.outcome_per_spend = quantityOf(scaled(contribution, 1 / spend), level);
    const middle = quantileSorted(moments(contribution).sorted, 0.5);
    if (middle > 0) answer.cost_per_outcome = spend / middle;
    if (value !== null) {
      const roi = scaled(contribution, value / spend);
      answer.roi = quantityOf(roi, level);
      answer.mroi = quantityOf(scaled(draws.onePercentMore[j], value / (MARGINAL_STEP * spend)), level);
      answer.probability_roi_above_one = probability(roi, (ratio) => ratio > 1);
    }
  }
  return answer;
}

/** A study of grade A or B that was read within the last 52 weeks of the data. */
function raisesGrade(problem: MixProblem, { grade, readEnd }: ProblemExperiment): boolean {
  return (grade === 'A' || grade === 'B') && readEnd > problem.weeks.length - 52;
}

function parameterTable(problem: MixProblem, draws: PosteriorDraws, watched: readonly Watched[]): ParameterAnswer[] {
  return problem.names.map((name, i) => {
    const { sorted, mean, sd } = moments(draws.parameters[i]);
    const { rhat, essBulk, essTail, mcse } = watched[i].convergence;
    return {
      name,
      unit: parameterUnit(problem, i).unit,
      mean,
      sd,
      q5: quantileSorted(sorted, 0.05),
      q95: quantileSorted(sorted, 0.95),
      mcse,
      rhat,
      ess_bulk: essBulk,
      ess_tail: essTail,
    };
  });
}

function experimentAnswer(problem: MixProblem, draws: PosteriorDraws, e: number, level: number): ExperimentAnswer {
  const experiment = problem.experiments[e];
  const model = quantityOf(draws.lifts[e], level);
  const estimate = experiment.estimate * problem.unit;
  const standardError = experiment.standardError * problem.unit;
  return {
    name: experiment.name,
    drivers: experiment.parts.map((part) => problem.drivers[part.driver].name),
    grade: experiment.grade,
    estimate,
    standard_error: standardError,
    model,
    z: (estimate - model.mean) / Math.hypot(standardError, model.sd),
  };
}

/** A stopped run says so and says nothing else. */
function stoppedReport(chains: readonly ChainResult[]): SamplingReport {
  return {
    converged: false,
    clean: false,
    max_rhat: Number.NaN,
    min_ess_bulk: 0,
    min_ess_tail: 0,
    divergences: chains.reduce((sum, chain) => sum + chain.divergences, 0),
    energy_fraction: Number.NaN,
    depth_saturated: 0,
    step_sizes: chains.map((chain) => chain.stepSize),
    gradients: chains.reduce((sum, chain) => sum + chain.warmupGradients + chain.gradients, 0),
    gradients_per_effective_draw: Number.NaN,
    worst: { name: '', block: '', rhat: Number.NaN, likely_cause: 'the run was stopped before it had all its draws' },
  };
}
