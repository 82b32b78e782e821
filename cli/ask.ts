import { createInterface } from 'node:readline/promises';
import { mayAsk } from './terminal.ts';

/** A question with the answer that stands when nothing is typed. */
export interface Question {
  words: string;
  fallback: string;
  choices?: readonly string[];
}

/**
 * Asks on the terminal, again until the answer is one of the choices. Where nobody can be asked, or `yes` says that the answers as
 * they stand will do, nothing is printed and nothing is waited for.
 */
export async function ask(questions: readonly Question[], yes: boolean): Promise<string[]> {
  if (yes || !mayAsk()) return questions.map(({ fallback }) => fallback);
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answers: string[] = [];
    for (const { words, fallback, choices } of questions) {
      const shown =
        choices === undefined
          ? fallback
          : choices.map((choice) => (choice === fallback ? `[${choice}]` : choice)).join('/');
      let answer: string;
      do answer = (await lines.question(`${words} (${shown}) `)).trim() || fallback;
      while (choices !== undefined && !choices.includes(answer));
      answers.push(answer);
    }
    return answers;
  } finally {
    lines.close();
  }
}
