import type { VerdictWord } from '../models/evidence.ts';
import type { Grade } from '../models/lift/gates/types.ts';
import { quantile } from '../models/numeric/quantile.ts';
import type { Results } from './results.ts';
import { readEstimates, readGates, type Study, type StudyGate } from './views/read-studies.ts';

/** A number with its interval; null bounds where the method gives none. */
export interface Amount {
  value: number;
  lo: number | null;
  hi: number | null;
  level: number | null;
}

/** Everything that is known of one claim, in the names of the JSON that leaves the house. */
export interface ClaimAnswer {
  study_id: string;
  study: string;
  kind: string;
  claim: string;
  is_registered: boolean;
  outcome: string;
  /** currency code or `count` */
  unit: string;
  driver: string | null;
  geos: string[];
  window: { from: string | null; to: string | null };
  design: string | null;
  /** the registered primary method; its estimate is the headline */
  method: string | null;
  /** what was added in all: over all treated units and days */
  estimate: (Amount & { p_value: number | null; kind: 'confidence' | 'credible'; grade: Grade }) | null;
  /** the same as a share of what would have been without it */
  relative: Amount | null;
  probability_positive: number | null;
  word: VerdictWord;
  grade: Grade;
  grade_ceiling: Grade | null;
  sentence: string;
  /** why it was not measured; null when it was */
  reason: string | null;
  gates: {
    passed: number | null;
    run: number | null;
    /** failed, or not run at a cost */
    against: GateLine[];
    /** all that were asked */
    all: GateLine[];
  };
  /** the other estimators, beside the headline and never mixed into it; null without any */
  spread: {
    lo: number;
    median: number;
    hi: number;
    methods: { method: string; value: number | null; lo: number | null; hi: number | null }[];
  } | null;
  /** money as text with the digits of the currency */
  spend: string | null;
  break_even: string | null;
  pays_sentence: string | null;
  iroas: Amount | null;
  incrementality_factor: Amount | null;
  /** smallest effect that this test finds with 80 % power */
  minimum_detectable_effect: number | null;
  next_test: string | null;
  looked_at: number | null;
  /** p after counting all that was looked at */
  q_value: number | null;
  /** drawn towards the mean of all claims of its unit, because the best of many is partly lucky */
  shrunken_value: number | null;
}

export interface GateLine {
  number: number;
  gate: string;
  is_blocking: boolean;
  verdict: 'passed' | 'failed' | 'not_run';
  cap: Grade | null;
  sentence: string;
}

/** Puts what a run published of one claim together. */
export async function claimAnswer(results: Results, study: Study): Promise<ClaimAnswer> {
  const [estimates, gates] = await Promise.all([readEstimates(results, study.id), readGates(results, study.id)]);
  const { level } = study;
  const digits = results.manifest.currency_exponent;
  const money = (value: number | null): string | null => (value === null ? null : value.toFixed(digits));
  const others = estimates.filter(({ isPrimary }) => !isPrimary);
  const values = others.flatMap(({ value }) => (value === null ? [] : [value]));
  const lines = gates.map(gateLine);
  return {
    study_id: study.id,
    study: study.study,
    kind: study.kind,
    claim: study.claim,
    is_registered: study.isRegistered,
    outcome: study.outcome,
    unit: study.unit,
    driver: study.driver,
    geos: study.geos,
    window: { from: study.startDate, to: study.endDate },
    design: study.design,
    method: study.method,
    estimate:
      study.value === null
        ? null
        : {
            ...{ value: study.value, lo: study.lo, hi: study.hi, level },
            p_value: study.pValue,
            kind: study.method === 'bsts' ? 'credible' : 'confidence',
            grade: study.grade,
          },
    relative: amount(study.relative, study.relativeLo, study.relativeHi, level),
    probability_positive: study.pPositive,
    word: study.word,
    grade: study.grade,
    grade_ceiling: study.gradeCeiling,
    sentence: study.sentence,
    reason: study.reason,
    gates: {
      passed: study.gatesPassed,
      run: study.gatesRun,
      against: lines.filter(({ verdict, cap }) => verdict === 'failed' || (verdict === 'not_run' && cap !== null)),
      all: lines,
    },
    spread:
      values.length === 0
        ? null
        : {
            lo: Math.min(...values),
            median: quantile(Float64Array.from(values), 0.5),
            hi: Math.max(...values),
            methods: others.map(({ method, value, lo, hi }) => ({ method, value, lo, hi })),
          },
    spend: money(study.spend),
    break_even: money(study.breakEven),
    pays_sentence: study.paysSentence,
    iroas: amount(study.iroas, study.iroasLo, study.iroasHi, level),
    incrementality_factor: amount(
      study.incrementalityFactor,
      study.incrementalityFactorLo,
      study.incrementalityFactorHi,
      level,
    ),
    minimum_detectable_effect: study.minimumDetectableEffect,
    next_test: study.cheapestNextTest,
    looked_at: study.lookedAt,
    q_value: study.qValue,
    shrunken_value: study.shrunkenValue,
  };
}

function amount(value: number | null, lo: number | null, hi: number | null, level: number | null): Amount | null {
  return value === null ? null : { value, lo, hi, level };
}

function gateLine({ number, gate, isBlocking, verdict, cap, sentence }: StudyGate): GateLine {
  return { number, gate, is_blocking: isBlocking, verdict, cap, sentence };
}
