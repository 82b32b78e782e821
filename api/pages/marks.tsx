export type MarkState = 'ok' | 'warn' | 'bad' | 'off';

const MARKS: Readonly<Record<MarkState, { sign: string; word: string }>> = {
  ok: { sign: '✓', word: 'In order' },
  warn: { sign: '!', word: 'Look at it' },
  bad: { sign: '✗', word: 'Failed' },
  off: { sign: '–', word: 'Not looked at' },
};

/** A sign and a word, never colour alone. */
export function Mark({ state }: { state: MarkState }) {
  return (
    <span class={`mark ${state}`}>
      <span aria-hidden="true">{MARKS[state].sign}</span>
      <span class="hidden">{MARKS[state].word}: </span>
    </span>
  );
}
