import type { Random } from '../numeric/random.ts';

/** Log density of standardised coordinates; writes its gradient. */
export type LogDensity = (z: Float64Array, gradient: Float64Array) => number;

/** One state of the sampler. `transition` moves it in place. */
export interface NutsState {
  z: Float64Array;
  gradient: Float64Array;
  logDensity: number;
}

interface NutsStep {
  /** mean Metropolis acceptance over the trajectory, what the step size adapts to */
  acceptance: number;
  leapfrogs: number;
  depth: number;
  divergent: boolean;
  /** Hamiltonian of the kept state, for E-BFMI */
  energy: number;
}

export interface Nuts {
  transition(state: NutsState, stepSize: number): NutsStep;
  /** variance of each coordinate: the inverse of the diagonal mass */
  inverseMass: Float64Array;
}

interface Branch {
  pBegin: Float64Array;
  pEnd: Float64Array;
  sharpBegin: Float64Array;
  sharpEnd: Float64Array;
  rho: Float64Array;
  proposal: NutsState & { energy: number };
}

/** Energy error beyond which a trajectory counts as divergent. */
const MAX_ENERGY_ERROR = 1000;

/**
 * The No-U-Turn sampler with multinomial sampling along the trajectory, biased progressive acceptance of new sub-trees, the
 * generalised U-turn criterion and its two checks across sub-trees. All buffers are made once per chain.
 *
 * @param dimension   length of z
 * @param logDensity  finite at the start; -Infinity or NaN elsewhere ends a trajectory as divergent
 * @param maxDepth    trajectories have at most 2^maxDepth - 1 steps
 * @see Hoffman & Gelman (2014); Betancourt (2017), A Conceptual Introduction to Hamiltonian Monte Carlo, appendix A
 */
export function createNuts(dimension: number, logDensity: LogDensity, rng: Random, maxDepth: number): Nuts {
  const n = dimension;
  const vector = (): Float64Array => new Float64Array(n);
  const makeState = (): NutsState & { energy: number } => ({
    z: vector(),
    gradient: vector(),
    logDensity: 0,
    energy: 0,
  });
  const makeBranch = (): Branch => ({
    pBegin: vector(),
    pEnd: vector(),
    sharpBegin: vector(),
    sharpEnd: vector(),
    rho: vector(),
    proposal: makeState(),
  });
  const inverseMass = vector().fill(1);
  // two halves per level of the recursion
  const halves = Array.from({ length: maxDepth }, () => [makeBranch(), makeBranch()]);
  const extension = makeBranch();
  const moving = { ...makeState(), p: vector() };
  const forward = { ...makeState(), p: vector() };
  const backward = { ...makeState(), p: vector() };
  const sample = makeState();
  const rho = vector();
  const rhoBackward = vector();
  const rhoForward = vector();
  const extended = vector();
  // momenta and velocities at the four ends of the two halves of the whole trajectory
  const ends = {
    pBackward: vector(),
    pForward: vector(),
    backBack: vector(),
    backForth: vector(),
    forthBack: vector(),
    forthForth: vector(),
    pBackForth: vector(),
    pForthBack: vector(),
  };
  let stepSize = 0;
  let startEnergy = 0;
  let leapfrogs = 0;
  let acceptanceSum = 0;
  let divergent = false;

  function kinetic(p: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += p[i] * p[i] * inverseMass[i];
    return 0.5 * sum;
  }

  function leapfrog(signedStep: number): void {
    const { z, p, gradient } = moving;
    for (let i = 0; i < n; i++) {
      p[i] += 0.5 * signedStep * gradient[i];
      z[i] += signedStep * inverseMass[i] * p[i];
    }
    moving.logDensity = logDensity(z, gradient);
    for (let i = 0; i < n; i++) p[i] += 0.5 * signedStep * gradient[i];
    leapfrogs++;
  }

  /** @returns log sum of weights of the sub-tree, NaN when it is not valid */
  function build(depth: number, signedStep: number, out: Branch): number {
    if (depth === 0) {
      leapfrog(signedStep);
      const energy = kinetic(moving.p) - moving.logDensity;
      const error = Number.isNaN(energy) ? Number.POSITIVE_INFINITY : energy - startEnergy;
      acceptanceSum += error > 0 ? Math.exp(-error) : 1;
      out.rho.set(moving.p);
      out.pBegin.set(moving.p);
      out.pEnd.set(moving.p);
      for (let i = 0; i < n; i++) out.sharpBegin[i] = inverseMass[i] * moving.p[i];
      out.sharpEnd.set(out.sharpBegin);
      copyState(moving, out.proposal);
      out.proposal.energy = energy;
      if (error > MAX_ENERGY_ERROR) {
        divergent = true;
        return Number.NaN;
      }
      return -error;
    }
    const [first, second] = halves[depth - 1];
    const firstWeight = build(depth - 1, signedStep, first);
    if (Number.isNaN(firstWeight)) return Number.NaN;
    const secondWeight = build(depth - 1, signedStep, second);
    if (Number.isNaN(secondWeight)) return Number.NaN;
    const weight = logSumExp(firstWeight, secondWeight);
    const kept = rng.uniform() < Math.exp(secondWeight - weight) ? second : first;
    copyState(kept.proposal, out.proposal);
    out.proposal.energy = kept.proposal.energy;
    out.pBegin.set(first.pBegin);
    out.sharpBegin.set(first.sharpBegin);
    out.pEnd.set(second.pEnd);
    out.sharpEnd.set(second.sharpEnd);
    for (let i = 0; i < n; i++) out.rho[i] = first.rho[i] + second.rho[i];
    let goesOn = isAhead(out.sharpBegin, out.sharpEnd, out.rho);
    for (let i = 0; i < n; i++) extended[i] = first.rho[i] + second.pBegin[i];
    goesOn = goesOn && isAhead(first.sharpBegin, second.sharpBegin, extended);
    for (let i = 0; i < n; i++) extended[i] = second.rho[i] + first.pEnd[i];
    goesOn = goesOn && isAhead(first.sharpEnd, second.sharpEnd, extended);
    return goesOn ? weight : Number.NaN;
  }

  function transition(state: NutsState, step: number): NutsStep {
    stepSize = step;
    leapfrogs = 0;
    acceptanceSum = 0;
    divergent = false;
    for (const end of [forward, backward]) copyState(state, end);
    for (let i = 0; i < n; i++) forward.p[i] = rng.normal() / Math.sqrt(inverseMass[i]);
    backward.p.set(forward.p);
    startEnergy = kinetic(forward.p) - state.logDensity;
    copyState(state, sample);
    sample.energy = startEnergy;
    rho.set(forward.p);
    for (let i = 0; i < n; i++) ends.backBack[i] = inverseMass[i] * forward.p[i];
    for (const sharp of [ends.backForth, ends.forthBack, ends.forthForth]) sharp.set(ends.backBack);
    for (const p of [ends.pBackward, ends.pForward, ends.pBackForth, ends.pForthBack]) p.set(forward.p);
    let logWeight = 0;
    let depth = 0;
    while (depth < maxDepth) {
      const goesForward = rng.uniform() > 0.5;
      const from = goesForward ? forward : backward;
      copyState(from, moving);
      moving.p.set(from.p);
      const newWeight = build(depth, goesForward ? stepSize : -stepSize, extension);
      copyState(moving, from);
      from.p.set(moving.p);
      if (Number.isNaN(newWeight)) break;
      if (goesForward) {
        rhoBackward.set(rho);
        rhoForward.set(extension.rho);
        ends.pBackForth.set(ends.pForward);
        ends.backForth.set(ends.forthForth);
        ends.pForthBack.set(extension.pBegin);
        ends.forthBack.set(extension.sharpBegin);
        ends.pForward.set(extension.pEnd);
        ends.forthForth.set(extension.sharpEnd);
      } else {
        rhoForward.set(rho);
        rhoBackward.set(extension.rho);
        ends.pForthBack.set(ends.pBackward);
        ends.forthBack.set(ends.backBack);
        ends.pBackForth.set(extension.pBegin);
        ends.backForth.set(extension.sharpBegin);
        ends.pBackward.set(extension.pEnd);
        ends.backBack.set(extension.sharpEnd);
      }
      depth++;
      if (newWeight > logWeight || rng.uniform() < Math.exp(newWeight - logWeight)) {
        copyState(extension.proposal, sample);
        sample.energy = extension.proposal.energy;
      }
      logWeight = logSumExp(logWeight, newWeight);
      for (let i = 0; i < n; i++) rho[i] = rhoBackward[i] + rhoForward[i];
      let goesOn = isAhead(ends.backBack, ends.forthForth, rho);
      for (let i = 0; i < n; i++) extended[i] = rhoBackward[i] + ends.pForthBack[i];
      goesOn = goesOn && isAhead(ends.backBack, ends.forthBack, extended);
      for (let i = 0; i < n; i++) extended[i] = rhoForward[i] + ends.pBackForth[i];
      goesOn = goesOn && isAhead(ends.backForth, ends.forthForth, extended);
      if (!goesOn) break;
    }
    copyState(sample, state);
    return { acceptance: acceptanceSum / leapfrogs, leapfrogs, depth, divergent, energy: sample.energy };
  }

  /** Both ends still move along the summed momentum: no U-turn yet. */
  function isAhead(sharpBegin: Float64Array, sharpEnd: Float64Array, sum: Float64Array): boolean {
    let begin = 0;
    let end = 0;
    for (let i = 0; i < n; i++) {
      begin += sharpBegin[i] * sum[i];
      end += sharpEnd[i] * sum[i];
    }
    return begin > 0 && end > 0;
  }

  return { transition, inverseMass };
}

function copyState(from: NutsState, to: NutsState): void {
  to.z.set(from.z);
  to.gradient.set(from.gradient);
  to.logDensity = from.logDensity;
}

function logSumExp(a: number, b: number): number {
  const high = Math.max(a, b);
  return high === Number.NEGATIVE_INFINITY ? high : high + Math.log(Math.exp(a - high) + Math.exp(b - high));
}
