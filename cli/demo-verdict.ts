import { VERDICTS } from '../models/evidence.ts';
import { answerQuestion, type VerdictAnswer } from '../pipeline/answer.ts';
import { type ClaimAnswer, claimAnswer } from '../pipeline/claim-answer.ts';
import type { Results } from '../pipeline/results.ts';
import type { SampleTruth } from '../pipeline/samples.ts';
import { amountText } from '../pipeline/studies/put-in-words.ts';
import { readStudies } from '../pipeline/views/read-studies.ts';
import { textTable } from './terminal.ts';
import { wrap } from './wrap.ts';

/** A claim that the sample knows the truth about. */
export interface HeldAgainst {
  study_id: string;
  word: ClaimAnswer['word'];
  grade: ClaimAnswer['grade'];
  value: number | null;
  lo: number | null;
  hi: number | null;
  truth: number;
  /** null where there is no interval */
  is_inside: boolean | null;
}

/** The verdict on the sample brand, and what its studies found beside what is true. */
export interface DemoVerdict {
  answer: VerdictAnswer;
  held_against_truth: HeldAgainst[];
}

export async function demoVerdict(results: Results, truth: SampleTruth): Promise<DemoVerdict> {
  const known = new Map([...truth.studies, truth.boycott].map((study) => [study.id, study.incremental_net_revenue]));
  const held: HeldAgainst[] = [];
  for (const study of await readStudies(results)) {
    const true_value = known.get(study.id);
    if (true_value === undefined || !study.isRegistered) continue;
    const { word, grade, estimate } = await claimAnswer(results, study);
    const { value = null, lo = null, hi = null } = estimate ?? {};
    held.push({
      study_id: study.id,
      word,
      grade,
      value,
      lo,
      hi,
      truth: true_value,
      is_inside: lo === null || hi === null ? null : lo <= true_value && true_value <= hi,
    });
  }
  held.sort((a, b) => (a.grade < b.grade ? -1 : a.grade > b.grade ? 1 : a.study_id < b.study_id ? -1 : 1));
  return { answer: await answerQuestion(results), held_against_truth: held };
}

/** The end of the demo: the sentence, then every study beside the truth, then how to read that. */
export function demoVerdictText({ answer, held_against_truth: held }: DemoVerdict): string {
  const { currency } = answer;
  const money = (id: string, label: string) => ({ id, label, type: 'decimal' as const, scale: 0, unit: currency });
  const text = (id: string, label: string) => ({ id, label, type: 'text' as const });
  const whole = (value: number | null): string | null => (value === null ? null : value.toFixed(0));
  const columns = [
    text('study', 'Study'),
    text('word', 'Did it sell?'),
    text('grade', 'Evidence'),
    money('value', `Found, ${currency}`),
    money('lo', 'from'),
    money('hi', 'to'),
    money('truth', 'Truth'),
    text('inside', 'Truth in the interval'),
  ];
  const rows = held.map(({ study_id: id, word, grade, value, lo, hi, truth, is_inside: inside }) => [
    id,
    VERDICTS[word],
    grade,
    ...[value, lo, hi, truth].map(whole),
    inside === null ? 'no interval' : inside ? 'yes' : 'NO',
  ]);
  const truth = held.find(({ study_id: id }) => id === answer.headline?.study_id)?.truth;
  return [
    'Did social engagement sell anything, and how sure are we?',
    '',
    wrap(answer.sentence),
    ...(truth === undefined
      ? []
      : [
          wrap(
            `The truth, known only because the sample is simulated: ${amountText(answer.headline as Parameters<typeof amountText>[0], truth)}.`,
          ),
        ]),
    ...[answer.scope, answer.pays_sentence].filter((line) => line !== null).map((line) => wrap(line)),
    '',
    textTable({ columns, rows, totals: null }),
    '',
    wrap(
      'Extra sales after refunds, over the whole window of each study; the interval is right nine times in ten. "We cannot tell" is an answer too: there the interval is wide, and a number without it would be a guess. Evidence A is a randomised test, B and C comparisons that survived more or less, X says nothing either way.',
    ),
    ...(answer.next_test === null ? [] : ['', wrap(`What to ask next: ${answer.next_test}`)]),
  ].join('\n');
}
