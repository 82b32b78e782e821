import { saleVerdict, verdictSentence } from '../models/evidence.ts';
import type { GateResult } from '../models/lift/gates/types.ts';
import { LIFT_METHODS, type LiftMethod, type LiftOptions } from '../models/lift/index.ts';
import type { LiftAmount, LiftResult } from '../models/lift/lift-result.ts';
import type { PanelClaim } from '../models/lift/panel-claim.ts';
import { type StaggeredMethod, staggeredClaim } from '../models/lift/staggered-claim.ts';
import { measureLiftInWorkers, panelClaimInWorkers } from '../pipeline/workers/lift.ts';
import { knownFlag, numberFlag, shareFlag, wholeNumberFlag } from './flags.ts';
import { type TreatmentFlags, treatedPanel } from './panel-flags.ts';
import { type GlobalOptions, print, printJson, say, textTable } from './terminal.ts';

interface ModelLiftOptions extends GlobalOptions, TreatmentFlags {
  method?: string;
  se?: string;
  seed?: string;
  level?: string;
  draws?: string;
  gates?: boolean;
  margin?: string;
}

type LiftError = NonNullable<LiftOptions['standardError']>;

/** One lift method on a bare CSV of units and periods: no workspace, no database. */
export async function modelLiftCommand(file: string, options: ModelLiftOptions): Promise<void> {
  const method = knownFlag('--method', options.method ?? 'sc', Object.keys(LIFT_METHODS) as LiftMethod[]);
  const known = [...new Set<LiftError>(Object.values(LIFT_METHODS).flat())];
  const standardError = options.se === undefined ? undefined : knownFlag('--se', options.se, known);
  const seed = wholeNumberFlag('--seed', options.seed ?? '1', 0);
  const level = shareFlag('--level', options.level ?? '0.9');
  const draws = options.draws === undefined ? undefined : wholeNumberFlag('--draws', options.draws, 20);
  const margin = options.margin === undefined ? undefined : numberFlag('--margin', options.margin);
  const { panel, treatment } = treatedPanel(file, options);
  const covariates = Object.keys(panel.covariates);
  const asAsked = (): Promise<LiftResult> =>
    measureLiftInWorkers(panel, treatment, {
      method,
      standardError,
      seed,
      level,
      ...(draws === undefined ? {} : { draws }),
      ...(covariates.length === 0 ? {} : { covariates }),
    });
  const treated = [...treatment.firstTreated.keys()];
  if (!options.gates) {
    const result = await asAsked();
    if (options.json) printJson(result);
    else print(liftText(result, treated, options));
    return;
  }
  say(options, 'Trying to refute it: 22 gates, placebo windows and placebo assignments …');
  const isStaggered = new Set(treatment.firstTreated.values()).size > 1;
  const staggered: StaggeredMethod = method === 'callaway_santanna' ? method : 'sdid';
  const claim: PanelClaim = isStaggered
    ? staggeredClaim(panel, treatment, staggered, { seed, level, draws, margin })
    : await panelClaimInWorkers(panel, treatment, { seed, level, draws, margin });
  // one question has one headline: the graded reading. Another that was asked for stands beside it by its name
  const primary = claim.result.method;
  const usual = claim.result.diagnostics.inference;
  const isGraded = method === primary && (standardError ?? usual) === usual && covariates.length === 0;
  const other = isGraded ? null : await asAsked();
  if (options.json) {
    printJson({ ...(other ?? claim.headline), evidence: evidenceJson(claim, primary) });
    return;
  }
  print(liftText(claim.headline, treated, options));
  print(`\n${evidenceText(claim, primary, treated, options)}`);
  if (other !== null) print(`\n${besideText(other)}`);
}

/** The reading that was asked for and is not the one that the gates judge. */
function besideText({ method, estimate, diagnostics }: LiftResult): string {
  const { value, interval, level, p_value: p } = estimate;
  const bounds =
    interval === null
      ? 'without an interval'
      : `${round(100 * level)} %: ${interval.lo === null ? 'no lower bound' : signed(interval.lo)} to ${interval.hi === null ? 'no upper bound' : signed(interval.hi)}`;
  return `As asked, by ${method} with uncertainty by ${String(diagnostics.inference).replaceAll('_', ' ')}: ${signed(value)} per unit and period (${bounds}${p === null ? '' : `; p ${round(p)}`}). The gates did not judge this reading.`;
}

/** What a claim is worth, in the names of the JSON that leaves the house. */
function evidenceJson(claim: PanelClaim, primary: string): Record<string, unknown> {
  const { graded, estimate, equivalence, mde, spread } = claim;
  const verdict = saleVerdict({ estimate, graded, health: [], equivalence });
  return {
    primary,
    estimate: {
      value: estimate.value,
      standard_error: estimate.standardError,
      interval: estimate.interval && { lo: estimate.interval.lo, hi: estimate.interval.hi },
      level: claim.result.estimate.level,
      p_value: estimate.pValue,
      n: estimate.n,
    },
    grade: graded.grade,
    ceiling: graded.ceiling,
    verdict: verdict.word,
    probability_positive: verdict.probability,
    because: verdict.because,
    against: graded.against,
    passed: graded.passed,
    ran: graded.ran,
    not_applicable: graded.notApplicable,
    spread,
    mde,
    equivalence,
    gates: claim.gates.map(({ needsEffect, ...gate }) => ({ ...gate, needs_effect: needsEffect })),
  };
}

function liftText(result: LiftResult, treated: readonly string[], flags: TreatmentFlags): string {
  const { estimate, relative, cumulative, diagnostics } = result;
  const percent = `${round(100 * estimate.level)} %`;
  const bounds = (amount: { lo: number | null; hi: number | null } | null, format = number): string =>
    amount === null || (amount.lo === null && amount.hi === null)
      ? 'none'
      : `${amount.lo === null ? 'no lower bound' : format(amount.lo)} to ${amount.hi === null ? 'no upper bound' : format(amount.hi)}`;
  const who = treated.length <= 3 ? treated.join(', ') : `${treated.length} treated units`;
  const direction = estimate.value < 0 ? 'lower' : 'higher';
  const { widened_by: widened } = diagnostics;
  const { lo, hi } = estimate.interval ?? { lo: null, hi: null };
  const sure =
    estimate.p_value === null && typeof widened === 'number'
      ? `${lo !== null && hi !== null && lo * hi > 0 ? 'more than chance alone would show' : 'no more than chance alone may show'}, by an interval made ${round(widened)} times as wide because the test found too much on placebo assignments of these very data`
      : estimate.p_value === null
        ? `whether that is more than chance cannot be told: ${diagnostics.reason ?? diagnostics.no_interval ?? 'no test could be made'}`
        : estimate.p_value < 1 - estimate.level
          ? 'more than chance alone would show'
          : 'no more than chance alone may show';
  const share = (x: number): string => `${x > 0 ? '+' : ''}${round(100 * x)} %`;
  const rows: [string, string][] = [
    ['Effect', `${signed(estimate.value)} per unit and period`],
    [`Interval (${percent})`, bounds(estimate.interval, signed)],
    [
      'p',
      estimate.p_value === null
        ? widened === undefined
          ? 'none'
          : 'none: it belonged to the narrower interval'
        : round(estimate.p_value),
    ],
    [
      'Relative lift',
      relative === null
        ? 'none: the counterfactual is not above 0'
        : `${share(relative.value)} (${percent}: ${bounds(relative, share)})`,
    ],
    ['All together', sumText(cumulative, percent, bounds(cumulative, signed))],
    ['Method', `${result.method}, uncertainty by ${String(diagnostics.inference).replaceAll('_', ' ')}`],
    ['n', `${estimate.n} units`],
  ];
  const width = Math.max(...rows.map(([label]) => label.length));
  const pre = diagnostics.pre_rmspe;
  return [
    `${who}: ${flags.outcome} was ${number(Math.abs(estimate.value))} ${direction} per ${flags.unit} and ${flags.period} than without the treatment would be expected; ${sure}.`,
    '',
    ...rows.map(([label, text]) => `${label.padEnd(width)}  ${text}`),
    '',
    'How to read it: effect = what was seen less what the untreated predict. The interval and p come from the same test:',
    `p is under ${round(1 - estimate.level)} exactly when the interval leaves out 0. An interval that holds 0 does not show that nothing happened.`,
    ...(typeof pre === 'number'
      ? [`Before the start the prediction missed by ${number(pre)} per period; an effect of that size is no finding.`]
      : []),
  ].join('\n');
}

function sumText(amount: LiftAmount, percent: string, bounds: string): string {
  return `${signed(amount.value)} over treated units and periods (${percent}: ${bounds})`;
}

const VERDICT_WORDS: Readonly<Record<GateResult['verdict'], string>> = {
  passed: 'passed',
  failed: 'FAILED',
  not_run: 'not run',
  not_applicable: 'no use here',
};

function evidenceText(claim: PanelClaim, primary: string, treated: readonly string[], flags: TreatmentFlags): string {
  const { graded, estimate, equivalence } = claim;
  const verdict = saleVerdict({ estimate, graded, health: [], equivalence });
  const subject =
    treated.length <= 3 ? `The treatment of ${treated.join(', ')}` : `The treatment of ${treated.length} units`;
  const format = (value: number): string => `${signed(value)} ${flags.outcome} per ${flags.unit} and ${flags.period}`;
  const columns = [
    { id: 'number', label: '#', type: 'decimal' as const, scale: 0 },
    ...['Gate', 'Verdict', 'Grade at best', 'What it found'].map((label) => ({
      id: label,
      label,
      type: 'text' as const,
    })),
  ];
  const rows = claim.gates.map((gate) => [
    String(gate.number),
    gate.gate.replaceAll('_', ' '),
    VERDICT_WORDS[gate.verdict],
    gate.cap ?? '',
    gate.sentence,
  ]);
  const rescale = claim.gates.find(({ gate }) => gate === 'calibration')?.details.rescale;
  const spread = claim.spread.map(({ method, value }) => `${method} ${signed(value)}`).join(', ');
  return [
    verdictSentence(verdict, estimate, graded, subject, format),
    '',
    textTable({ columns, rows, totals: null }),
    '',
    `Evidence ${graded.grade} (this design can reach ${graded.ceiling}): ${graded.passed} of ${graded.ran} gates passed. The grade is that of the primary reading,`,
    `${primary === 'sc' ? 'synthetic control with placebos' : `${primary}, all starts together`}; all methods say ${spread}.`,
    ...(typeof rescale === 'number' && rescale > 1
      ? [
          `On placebo assignments of these very data the test found too much, so the graded interval is ${round(rescale)} times as wide, without p.`,
        ]
      : []),
    claim.mde === null
      ? 'What this test could have found is unknown.'
      : `It would have found an effect of ${number(claim.mde)} with 80 % power.`,
  ].join('\n');
}

function round(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Four significant digits, whole thousands kept whole. */
function number(value: number): string {
  return Math.abs(value) >= 1000 ? String(Math.round(value)) : String(Number(value.toPrecision(4)));
}

function signed(value: number): string {
  return `${value > 0 ? '+' : ''}${number(value)}`;
}
