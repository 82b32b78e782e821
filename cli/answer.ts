import { InputError } from '../models/errors.ts';
import { answerQuestion, CLAIMS, type ClaimLine, type ClaimName, type VerdictAnswer } from '../pipeline/answer.ts';
import type { Amount, ClaimAnswer } from '../pipeline/claim-answer.ts';
import { isDay } from '../pipeline/filter.ts';
import { openResults } from '../pipeline/results.ts';
import { amountText } from '../pipeline/studies/put-in-words.ts';
import { findWorkspace } from '../pipeline/workspace.ts';
import { type GlobalOptions, print, printJson } from './terminal.ts';
import { wrap } from './wrap.ts';

interface AnswerCommandOptions extends GlobalOptions {
  channel?: string;
  from?: string;
  to?: string;
  study?: string;
  run?: string;
}

/** Did social engagement sell anything, and how sure are we? Reads the published run, never the warehouse. */
export async function answerCommand(options: AnswerCommandOptions): Promise<void> {
  const { channel, from, to, study } = options;
  for (const [flag, day] of [
    ['--from', from],
    ['--to', to],
  ]) {
    if (day !== undefined && !isDay(day)) {
      throw new InputError('usage', `${flag} is ${day}; expected a day such as 2026-03-01`);
    }
  }
  const results = await openResults(findWorkspace(options.workspace).paths, options.run);
  try {
    const answer = await answerQuestion(results, { channel, from, to, study });
    if (options.json) printJson(answer);
    else print(answerText(answer));
  } finally {
    results.close();
  }
}

/** The verdict for reading: the sentence, what it stands on, what spoke against it, the claims apart, and what to do next. */
export function answerText(answer: VerdictAnswer): string {
  const { headline, claims, unregistered, looked_at: looked } = answer;
  const { from, to } = answer.period;
  const parts = [
    `Did social engagement sell anything, and how sure are we?\n${answer.workspace} · ${from === null && to === null ? 'no orders yet' : `${from ?? '–'} to ${to ?? '–'}`} · ${answer.run}`,
    [answer.sentence, answer.scope, answer.pays_sentence]
      .filter((text) => text !== null)
      .map((text) => wrap(text))
      .join('\n'),
    ...(headline === null ? [] : [standsOn(headline)]),
    ['The claims, kept apart', ...claims.map((claim) => claimText(claim, headline?.study_id))].join('\n'),
    ...(unregistered.length === 0
      ? []
      : [
          [
            'Read as before and after, registered by nobody (grade C at most)',
            ...unregistered.map(({ study_id: id, grade, sentence }) =>
              wrap(`${id}: ${withoutGrade(sentence)} (${grade})`, 2),
            ),
          ].join('\n'),
        ]),
    ...(looked > 1
      ? [
          wrap(
            `${looked} claims of this run were tested. The best of many is partly lucky: see q and the shrunken value.`,
          ),
        ]
      : []),
    ...(answer.next_test === null ? [] : [wrap(`Next: ${answer.next_test}`)]),
  ];
  return parts.join('\n\n');
}

/** Label and text, one below the other. */
function standsOn(claim: ClaimAnswer): string {
  const format = (value: number): string => amountText(claim as Parameters<typeof amountText>[0], value);
  const bare = (value: number): string => String(Number(value.toPrecision(3)));
  const percent = (share: number): string => `${share > 0 ? '+' : ''}${bare(100 * share)} %`;
  const { estimate, gates, spread } = claim;
  const method = claim.method === null ? '' : ` by ${claim.method}, as registered`;
  const rows: [string, string | null][] = [
    ['Effect', estimate && `${range(estimate, format)}${claim.is_registered ? method : ''}`],
    ['As a share', claim.relative && range(claim.relative, percent)],
    [
      'Above zero',
      claim.probability_positive === null ? null : `${Math.round(100 * claim.probability_positive)} % likely`,
    ],
    [
      'Evidence',
      `${claim.grade}${claim.grade_ceiling === null ? '' : ` (this design can reach ${claim.grade_ceiling})`}${gates.run === null ? '' : `; ${gates.passed} of ${gates.run} tests that tried to refute it passed`}`,
    ],
    ...gates.against.map(({ gate, verdict, sentence }, i): [string, string] => [
      i === 0 ? 'Against it' : '',
      `${gate.replaceAll('_', ' ')}${verdict === 'not_run' ? ' (not run)' : ''}: ${sentence}`,
    ]),
    ['Other methods', spread && spreadText(spread, format)],
    ['Spent', claim.spend && `${claim.spend} ${claim.unit}`],
    ['Break-even', claim.break_even && format(Number(claim.break_even))],
    ['iROAS', claim.iroas && range(claim.iroas, bare)],
    [
      'Incrementality',
      claim.incrementality_factor && `${range(claim.incrementality_factor, bare)} of what the platforms claim`,
    ],
    [
      'Could have seen',
      claim.minimum_detectable_effect === null
        ? null
        : `an effect of ${format(claim.minimum_detectable_effect)} with 80 % power`,
    ],
    ['q', claim.q_value === null ? null : `${bare(claim.q_value)} after counting all that was looked at`],
    ['Shrunken', claim.shrunken_value === null ? null : format(claim.shrunken_value)],
  ];
  const shown = rows.filter((row): row is [string, string] => row[1] !== null);
  const width = Math.max(...shown.map(([label]) => label.length)) + 2;
  return shown.map(([label, text]) => label.padEnd(width) + wrap(text, width).trimStart()).join('\n');
}

function range({ value, lo, hi, level }: Amount, format: (value: number) => string): string {
  if (lo === null || hi === null || level === null) return `${format(value)}, without an interval`;
  return `${format(value)} (${Math.round(100 * level)} %: ${format(lo)} to ${format(hi)})`;
}

function spreadText(spread: NonNullable<ClaimAnswer['spread']>, format: (value: number) => string): string {
  const each = spread.methods.map(({ method, value }) => `${method} ${value === null ? 'no answer' : format(value)}`);
  return spread.methods.length === 1
    ? each[0]
    : `${format(spread.lo)} to ${format(spread.hi)}, median ${format(spread.median)}: ${each.join(', ')}`;
}

function claimText({ title, answers, missing }: VerdictAnswer['claims'][number], headline: string | undefined): string {
  const width = Math.max(...(Object.keys(CLAIMS) as ClaimName[]).map((name) => CLAIMS[name].length)) + 4;
  const head = `  ${title}`.padEnd(width);
  const texts = missing === null ? answers.map((line) => lineText(line, headline)) : [missing];
  return texts.map((text, i) => (i === 0 ? head : ' '.repeat(width)) + wrap(text, width).trimStart()).join('\n');
}

function lineText({ study_id: id, grade, sentence }: ClaimLine, headline: string | undefined): string {
  return id === headline ? `${id}: the answer above (${grade})` : `${withoutGrade(sentence)} (${grade})`;
}

/** In a list the grade stands at the end of the line, once. */
function withoutGrade(sentence: string): string {
  return sentence.replace(/ Evidence [A-EX]\./, '').replace(/ Nobody registered this question before looking\.$/, '');
}
