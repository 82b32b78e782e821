import { InputError } from '../errors.ts';
import { ADSTOCK_PARAMETERS, type AdstockKind } from './adstock.ts';
import { checkPrior, isNonNegative, type Prior } from './prior.ts';
import { SATURATION_PARAMETERS, type SaturationKind } from './saturation.ts';

/** What a series is to the outcome. The kind only chooses defaults; every one of them can be set. */
export type DriverKind = 'paid' | 'organic' | 'negative' | 'ambiguous' | 'treatment' | 'control';

/** `positive` and `negative` are guarantees that hold in every draw; `free` lets the data speak. */
export type DriverSign = 'positive' | 'negative' | 'free';

/** The quantity a driver's prior is about; it is also the coordinate that is sampled. */
export type PriorOn = 'roi' | 'contribution' | 'effect';

/** One series that may move the outcome. */
export interface MixDriver {
  name: string;
  kind: DriverKind;
  /** panel covariate with the exposure; `name` when absent */
  column?: string;
  /** panel covariate with the money spent, when it is not the exposure itself */
  spendColumn?: string;
  adstock?: { kind: AdstockKind; maxLag?: number; priors?: Record<string, Prior> };
  saturation?: { kind: SaturationKind; priors?: Record<string, Prior> };
  sign?: DriverSign;
  prior?: { on: PriorOn; distribution: Prior };
  /** effects that differ between geos (log-normal around the common one); default for media, ignored when national */
  byGeo?: boolean;
  /** value at which a treatment contributes nothing; default the smallest in the data */
  reference?: number | 'min' | 'max';
  /** `mediator`: caused by other drivers here; left out of the fit, which then estimates total effects */
  role?: 'cause' | 'mediator';
}

/** A driver with every choice made. `prior` null stands for "decided by the data's spend", see `problem.ts`. */
export interface ResolvedDriver {
  name: string;
  kind: DriverKind;
  column: string;
  spendColumn: string | null;
  adstock: AdstockKind;
  maxLag: number;
  saturation: SaturationKind;
  /** adstock parameters, then saturation parameters */
  shapeNames: readonly string[];
  shapePriors: readonly Prior[];
  sign: DriverSign;
  prior: { on: PriorOn; distribution: Prior } | null;
  byGeo: boolean;
  reference: number | 'min' | 'max';
  role: 'cause' | 'mediator';
}

const DEFAULT_MAX_LAG = 8;

const MEDIA: readonly DriverKind[] = ['paid', 'organic', 'negative', 'ambiguous'];

const SHAPE_PRIORS: Readonly<Record<string, Prior>> = {
  decay: { family: 'beta', a: 1, b: 3 },
  peak: { family: 'half_normal', sd: 2 },
  shape: { family: 'log_normal', mu: 0.4, sigma: 0.4 },
  scale: { family: 'log_normal', mu: 0.7, sigma: 0.6 },
  // media are scaled by the median of their non-zero weeks, so half saturation 1 is a typical active week
  half_saturation: { family: 'log_normal', mu: 0, sigma: 0.7 },
  slope: { family: 'log_normal', mu: 0.2, sigma: 0.4 },
  exponent: { family: 'beta', a: 3, b: 2 },
};

const DEFAULTS: Readonly<
  Record<
    DriverKind,
    { adstock: AdstockKind; saturation: SaturationKind; sign: DriverSign; on: PriorOn; distribution: Prior }
  >
> = {
  paid: {
    adstock: 'geometric',
    saturation: 'michaelis_menten',
    sign: 'positive',
    on: 'roi',
    distribution: { family: 'log_normal', mu: 0.2, sigma: 0.9 },
  },
  organic: {
    adstock: 'geometric',
    saturation: 'michaelis_menten',
    sign: 'positive',
    on: 'contribution',
    distribution: { family: 'beta', a: 1, b: 99 },
  },
  negative: {
    adstock: 'geometric',
    saturation: 'linear',
    sign: 'negative',
    on: 'contribution',
    distribution: { family: 'beta', a: 1, b: 99 },
  },
  ambiguous: {
    adstock: 'geometric',
    saturation: 'linear',
    sign: 'free',
    on: 'contribution',
    distribution: { family: 'normal', mean: 0, sd: 0.05 },
  },
  treatment: {
    adstock: 'none',
    saturation: 'linear',
    sign: 'free',
    on: 'contribution',
    distribution: { family: 'truncated_normal', mean: 0, sd: 0.1, lower: -1, upper: 1 },
  },
  control: {
    adstock: 'none',
    saturation: 'linear',
    sign: 'free',
    on: 'effect',
    distribution: { family: 'normal', mean: 0, sd: 1 },
  },
};

/**
 * Fills in what the kind implies.
 *
 * @param driver   as declared
 * @param isMoney  whether the outcome has a money value; without one a paid driver's default prior comes from its spend
 * @throws InputError `bad_config` on a combination that cannot be fitted, `bad_parameter` on an impossible prior
 */
export function resolveDriver(driver: MixDriver, isMoney: boolean): ResolvedDriver {
  const where = `drivers.${driver.name}`;
  const fail = (message: string): never => {
    throw new InputError('bad_config', `${where}: ${message}`, { details: { driver: driver.name } });
  };
  const base = DEFAULTS[driver.kind] ?? fail(`kind ${driver.kind} is not one of ${Object.keys(DEFAULTS).join(', ')}`);
  const adstockKind = driver.adstock?.kind ?? base.adstock;
  const saturationKind = driver.saturation?.kind ?? base.saturation;
  const sign = driver.sign ?? base.sign;
  const adstockNames = ADSTOCK_PARAMETERS[adstockKind] ?? fail(`adstock ${adstockKind} is unknown`);
  const saturationNames = SATURATION_PARAMETERS[saturationKind] ?? fail(`saturation ${saturationKind} is unknown`);
  const shapeNames = [...adstockNames, ...saturationNames];
  const given: Record<string, Prior> = { ...driver.adstock?.priors, ...driver.saturation?.priors };
  for (const key of Object.keys(given)) {
    if (!shapeNames.includes(key)) fail(`a prior is given for ${key}, which ${adstockKind} + ${saturationKind} lack`);
  }
  const shapePriors = shapeNames.map((name) => given[name] ?? SHAPE_PRIORS[name]);
  for (let i = 0; i < shapeNames.length; i++) {
    checkPrior(shapePriors[i], `${where}.${shapeNames[i]}`);
    if (!isNonNegative(shapePriors[i])) fail(`the prior of ${shapeNames[i]} allows negative values`);
  }
  if (driver.kind === 'control') {
    if (adstockKind !== 'none' || saturationKind !== 'linear') fail('a control has no adstock or saturation');
    if (sign !== 'free') fail('a control has a free sign; declare a treatment to fix one');
    if (driver.prior && (driver.prior.on !== 'effect' || driver.prior.distribution.family !== 'normal')) {
      fail('the prior of a control is a normal one on its effect');
    }
  }
  const signed = sign !== 'free';
  let prior = driver.prior ?? (base.on === 'roi' && !isMoney ? null : { on: base.on, distribution: base.distribution });
  // a sign that differs from the kind's own needs a prior of the matching support
  if (!driver.prior && prior && signed !== isNonNegative(prior.distribution)) {
    prior = {
      on: 'contribution',
      distribution: signed ? { family: 'beta', a: 1, b: 99 } : { family: 'normal', mean: 0, sd: 0.05 },
    };
  }
  if (prior) {
    checkPrior(prior.distribution, `${where}.prior`);
    if (signed && !isNonNegative(prior.distribution)) {
      fail(`sign ${sign} needs a prior without negative values (it is the size of the effect), or sign: free`);
    }
    if (prior.on === 'roi' && driver.kind !== 'paid' && !driver.spendColumn) fail('an ROI prior needs spendColumn');
  }
  return {
    name: driver.name,
    kind: driver.kind,
    column: driver.column ?? driver.name,
    spendColumn:
      driver.kind === 'paid' ? (driver.spendColumn ?? driver.column ?? driver.name) : (driver.spendColumn ?? null),
    adstock: adstockKind,
    maxLag: driver.adstock?.maxLag ?? DEFAULT_MAX_LAG,
    saturation: saturationKind,
    shapeNames,
    shapePriors,
    sign,
    prior,
    byGeo: driver.byGeo ?? (MEDIA.includes(driver.kind) && driver.kind !== 'ambiguous'),
    reference: driver.reference ?? (driver.kind === 'treatment' ? 'min' : 0),
    role: driver.role ?? 'cause',
  };
}
