import type { Estimate } from './estimate.ts';
import { probabilityPositive } from './lift/economics.ts';
import type { Equivalence } from './lift/equivalence.ts';
import type { Design, GateResult, Grade } from './lift/gates/types.ts';

/** Best grade that a design can reach, before its gates speak. */
export const CEILING: Readonly<Record<Design, Grade>> = {
  users: 'A',
  geo_experiment: 'A',
  switchback: 'A',
  panel: 'B',
  series: 'C',
  calibrated_mix: 'D',
  association: 'E',
};

const LADDER: readonly Grade[] = ['A', 'B', 'C', 'D', 'E', 'X'];

/** The lower of two rungs. */
export function lower(a: Grade, b: Grade): Grade {
  return LADDER[Math.max(LADDER.indexOf(a), LADDER.indexOf(b))];
}

export interface GradedClaim {
  grade: Grade;
  ceiling: Grade;
  /** sentences of the gates that cost a rung, in order */
  against: string[];
  passed: number;
  /** gates that ran and could have failed */
  ran: number;
  /** gates that have no use for this design, by name */
  notApplicable: string[];
}

/**
 * Grade of a claim: the design's ceiling less what its gates cost.
 *
 * An experiment whose interval holds zero and is not shown to be equivalent to no effect is inconclusive (X): it was a good test that
 * could not tell. Where equivalence is shown, gates that ask for a standing-out effect cost nothing.
 */
export function gradeClaim(claim: {
  design: Design;
  gates: readonly GateResult[];
  estimate: Estimate;
  equivalence?: Equivalence | null;
}): GradedClaim {
  const ceiling = CEILING[claim.design];
  const equivalent = claim.equivalence?.equivalent === true;
  const against: string[] = [];
  let grade = ceiling;
  for (const gate of claim.gates) {
    if (gate.cap === null || (equivalent && gate.needsEffect)) continue;
    if (lower(ceiling, gate.cap) !== ceiling) against.push(gate.sentence);
    grade = lower(grade, gate.cap);
  }
  if (ceiling === 'A' && !equivalent && !excludesZero(claim.estimate)) {
    against.push('The interval of the effect holds zero.');
    grade = 'X';
  }
  const ran = claim.gates.filter(({ verdict }) => verdict === 'passed' || verdict === 'failed');
  return {
    grade,
    ceiling,
    against,
    passed: ran.filter(({ verdict }) => verdict === 'passed').length,
    ran: ran.length,
    notApplicable: claim.gates.filter(({ verdict }) => verdict === 'not_applicable').map(({ gate }) => gate),
  };
}

function excludesZero({ interval }: Estimate): boolean {
  return interval !== null && (interval.lo > 0 || interval.hi < 0);
}

/**
 * What may be said about an effect at a grade; nothing stronger may appear anywhere.
 *
 * @param effect       as it is written, e.g. `+9.4 % (90 %: +2.1 % to +16.9 %)`
 * @param calibration  grade D: the experiments behind the model
 * @param needed       grade X: what would settle it
 */
export function allowedWords(
  claim: GradedClaim,
  effect: string,
  more: { calibration?: string; needed?: string } = {},
): string {
  const why = claim.against.map(lowerFirst).join(' ');
  switch (claim.grade) {
    case 'A':
      return `caused ${effect}`;
    case 'B':
      return `very likely caused ${effect}; survived ${claim.passed} of ${claim.ran} refutation tests`;
    case 'C':
      return `consistent with ${effect}; not proven because ${why === '' ? 'nothing untreated was there to compare with' : why}`;
    case 'D':
      return `model estimate ${effect}, calibrated on ${more.calibration ?? 'earlier experiments'}`;
    case 'E':
      return `associated with ${effect}; credit, not proof`;
    case 'X':
      return `cannot tell${why === '' ? '' : `: ${why}`}${more.needed === undefined ? '' : ` It would need ${more.needed}.`}`;
  }
}

/** Answers to "did it sell?", in the order in which their rules are tried. */
export const VERDICTS = {
  cannot_tell_yet: 'We cannot tell yet',
  cost_sales: 'It cost sales',
  yes: 'Yes',
  probably: 'Probably',
  perhaps: 'Perhaps',
  no_useful_effect: 'No useful effect',
  cannot_tell: 'We cannot tell',
} as const;

export type VerdictWord = keyof typeof VERDICTS;

/** Something that must be in order before any answer is given. */
export interface HealthCheck {
  check: 'sample_ratio' | 'contamination' | 'convergence' | 'reconciliation' | 'freshness';
  ok: boolean;
  sentence: string;
}

export interface SaleVerdict {
  word: VerdictWord;
  /** P(effect > 0); null when the method gives none */
  probability: number | null;
  /** why this word, in one sentence */
  because: string;
}

/**
 * Did it sell? The first rule that holds gives the word; whether it paid is a question of its own.
 *
 * | word | rule |
 * |---|---|
 * | We cannot tell yet | a health check fails |
 * | It cost sales | P <= 0.05, grade A or B |
 * | Yes | P >= 0.95, grade A or B |
 * | Probably | P >= 0.80, grade A, B or D |
 * | Perhaps | P >= 0.80, grade C |
 * | No useful effect | grade A or B and equivalence within the break-even margin |
 * | We cannot tell | all else |
 */
export function saleVerdict(claim: {
  estimate: Estimate;
  graded: GradedClaim;
  health: readonly HealthCheck[];
  equivalence?: Equivalence | null;
}): SaleVerdict {
  const { graded } = claim;
  const p = probabilityPositive(claim.estimate);
  const broken = claim.health.filter((check) => !check.ok);
  if (broken.length > 0) {
    return { word: 'cannot_tell_yet', probability: p, because: broken.map(({ sentence }) => sentence).join(' ') };
  }
  const strong = graded.grade === 'A' || graded.grade === 'B';
  const likely = p === null ? '' : `${Math.round(100 * p)} % likely above zero, evidence ${graded.grade}`;
  const answer = (word: VerdictWord, because: string): SaleVerdict => ({ word, probability: p, because });
  if (p !== null && p <= 0.05 && strong) return answer('cost_sales', `The effect is ${likely}.`);
  if (p !== null && p >= 0.95 && strong) return answer('yes', `The effect is ${likely}.`);
  if (p !== null && p >= 0.8 && (strong || graded.grade === 'D')) return answer('probably', `The effect is ${likely}.`);
  if (p !== null && p >= 0.8 && graded.grade === 'C') {
    return answer('perhaps', `The effect is ${likely}; not proven. ${graded.against.join(' ')}`.trim());
  }
  if (strong && claim.equivalence?.equivalent === true) {
    return answer('no_useful_effect', 'Even the best case that the data allow does not pay back.');
  }
  const reasons = graded.against.join(' ');
  return answer('cannot_tell', reasons === '' ? 'The data do not separate an effect from chance.' : reasons);
}

/**
 * The answer in one or two sentences, by rule: verdict, effect with interval, probability, grade.
 *
 * @param subject  who acted, e.g. `Instagram engagement in Q3`
 * @param format   writes a value in the unit of the estimate, e.g. `€42 k`
 */
export function verdictSentence(
  verdict: SaleVerdict,
  estimate: Estimate,
  graded: GradedClaim,
  subject: string,
  format: (value: number) => string,
): string {
  const head = `${VERDICTS[verdict.word]}.`;
  const { interval } = estimate;
  if (interval === null || verdict.word === 'cannot_tell_yet') return `${head} ${verdict.because}`;
  const range = `${Math.round(100 * interval.level)} %: ${format(interval.lo)} to ${format(interval.hi)}`;
  const effect = `${format(estimate.value)} (${range})`;
  const likely = verdict.probability === null ? '' : `, ${Math.round(100 * verdict.probability)} % likely above zero`;
  const words = {
    A: `${subject} caused ${effect}${likely}.`,
    B: `${subject} very likely caused ${effect}${likely}; it survived ${graded.passed} of ${graded.ran} refutation tests.`,
    C: `${subject}: the data are consistent with ${effect}${likely}, not proven.`,
    D: `${subject}: a calibrated model estimates ${effect}${likely}.`,
    E: `${subject} is associated with ${effect}: credit, not proof.`,
    X: `${subject}: ${effect} cannot be told from chance or from what happened without it.`,
  }[graded.grade];
  const why = graded.grade === 'C' || graded.grade === 'X' ? ` ${graded.against.join(' ')}` : '';
  return `${head} ${words}${why} Evidence ${graded.grade}.`.replace(/ {2,}/g, ' ');
}

function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
