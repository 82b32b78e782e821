import type { ModelState } from './posterior.ts';
import type { MixProblem } from './problem.ts';
import { makeResponse, type Response, type ResponseScratch, respond } from './response.ts';

/** Buffers of the counterfactual responses, per experiment and part. */
export interface ExperimentWork {
  evaluate(state: ModelState, scratch: ResponseScratch): void;
  counterfactual: Response[][];
}

export function prepareExperiments(problem: MixProblem): ExperimentWork {
  const T = problem.weeks.length;
  const counterfactual = problem.experiments.map((experiment) =>
    experiment.parts.map((part) => makeResponse(problem.drivers[part.driver], experiment.geos.length * T)),
  );
  // the responder's scratch is sized for all geos, and a study has at most all of them
  function evaluate(state: ModelState, scratch: ResponseScratch): void {
    const G = problem.geos.length;
    problem.experiments.forEach((experiment, e) => {
      let lift = 0;
      experiment.parts.forEach((part, i) => {
        const off = counterfactual[e][i];
        const driver = problem.drivers[part.driver];
        respond(driver, state.values, part.counterfactual, experiment.geos.length, T, scratch, off);
        const { h } = state.responses[part.driver];
        for (let k = 0; k < experiment.geos.length; k++) {
          const g = experiment.geos[k];
          let sum = 0;
          for (let t = experiment.readStart; t < experiment.readEnd; t++) sum += h[g * T + t] - off.h[k * T + t];
          lift += problem.size[g] * state.coefficients[part.driver * G + g] * sum;
        }
      });
      state.lifts[e] = lift;
    });
  }
  return { evaluate, counterfactual };
}

/**
 * Log likelihood of the studies and its gradient: `estimate ~ Normal(lift, standardError)`, lift as the model reads it.
 *
 * @param byCoefficient  d logLik / d b, driver x geo; added to
 * @param gradient       by natural shape values; added to
 */
export function experimentTerms(
  problem: MixProblem,
  work: ExperimentWork,
  state: ModelState,
  byCoefficient: Float64Array,
  gradient: Float64Array,
): number {
  const T = problem.weeks.length;
  const G = problem.geos.length;
  let logLik = 0;
  for (let e = 0; e < problem.experiments.length; e++) {
    const experiment = problem.experiments[e];
    const { geos, readStart, readEnd } = experiment;
    const z = (experiment.estimate - state.lifts[e]) / experiment.standardError;
    logLik -= 0.5 * z * z;
    const pull = z / experiment.standardError;
    for (let i = 0; i < experiment.parts.length; i++) {
      const index = experiment.parts[i].driver;
      const driver = problem.drivers[index];
      const on = state.responses[index];
      const off = work.counterfactual[e][i];
      for (let k = 0; k < geos.length; k++) {
        const g = geos[k];
        const reach = pull * problem.size[g];
        let sum = 0;
        for (let t = readStart; t < readEnd; t++) sum += on.h[g * T + t] - off.h[k * T + t];
        byCoefficient[index * G + g] += reach * sum;
        const b = reach * state.coefficients[index * G + g];
        for (let s = 0; s < driver.shapeNames.length; s++) {
          let slope = 0;
          for (let t = readStart; t < readEnd; t++) slope += on.byShape[s][g * T + t] - off.byShape[s][k * T + t];
          gradient[driver.shapeAt + s] += b * slope;
        }
      }
    }
  }
  return logLik;
}
