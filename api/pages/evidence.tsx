import type { Study, StudyGate } from '../../pipeline/views/read-studies.ts';
import { Mark } from './marks.tsx';

const GATE_WORDS: Readonly<Record<string, string>> = {
  data: 'Are the data whole, and do they move?',
  assignment: 'Was it decided without looking at sales?',
  pre_fit: 'Does the comparison follow before the start?',
  convex_hull: 'Can the comparison reach what was treated?',
  placebo_time: 'Does it show an effect where nothing happened?',
  placebo_space: 'Do untreated places move as much?',
  block_conformal: 'Do the days of the test stand out?',
  leave_one_out: 'Does it hang on one place?',
  multiverse: 'Do other methods see the same direction?',
  reverse_causality: 'Do sales come before engagement?',
  pre_trend: 'Were the trends alike before?',
  residuals: 'Are the errors independent?',
  negative_controls: 'Does what cannot have moved stay still?',
  dose_response: 'Does more of it do more?',
  calendar: 'Was something else on?',
  unobserved_confounder: 'How strong would something unseen have to be?',
  spillover: 'Did it leak into the comparison?',
  persistence: 'Were sales won, or only pulled forward?',
  calibration: 'How often does this test cry wolf here?',
  recovery: 'Is a planted effect found again?',
  multiplicity: 'Does it stand after counting all that was looked at?',
  power: 'Could it have found a believable effect?',
};

/** What tried to refute the claim, one line each. */
export function Gates({ gates }: { gates: readonly StudyGate[] }) {
  return (
    <ul class="checks">
      {gates.map((gate) => (
        <li>
          <Mark
            state={
              gate.verdict === 'passed' ? 'ok' : gate.verdict === 'not_run' ? 'off' : gate.cap === null ? 'warn' : 'bad'
            }
          />
          <div>
            <p>
              <b>{GATE_WORDS[gate.gate] ?? gate.gate}</b>
              {gate.verdict === 'passed' || gate.cap === null ? null : <> It leaves at most grade {gate.cap}.</>}
            </p>
            <p>{gate.sentence}</p>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** The rungs, with the one that was reached. */
export function Ladder({ grade, ceiling }: { grade: Study['grade']; ceiling: Study['gradeCeiling'] }) {
  const rungs = [
    ['A', 'Randomised test: may say "caused"'],
    ['B', 'Comparison that survived every test that tried to refute it: "very likely caused"'],
    ['C', 'Comparison with a test that failed or could not run: "consistent with, not proven"'],
    ['D', 'Mix model calibrated on an A or B result: "model estimate"'],
    ['E', 'Association, such as path credit: "associated with; credit, not proof"'],
    ['X', 'Inconclusive or refuted: "cannot tell"'],
  ] as const;
  const best = ceiling === null ? -1 : rungs.findIndex(([rung]) => rung === ceiling);
  return (
    <ol class="ladder">
      {rungs.map(([rung, words], i) => (
        <li aria-current={rung === grade ? 'true' : undefined} class={i < best ? 'out' : undefined}>
          <span class="rung">{rung}</span>
          <span>
            {words}
            {rung === grade ? ' ← this answer' : ''}
            {i < best ? ' (this design cannot reach it)' : ''}
          </span>
        </li>
      ))}
    </ol>
  );
}
