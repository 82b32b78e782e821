/** Answers by the address that was asked: what was asked in the same words a moment ago is not even read again. */
export interface AnswerMemo {
  find(key: string): RememberedAnswer | undefined;
  keep(key: string, answer: RememberedAnswer): void;
}

export interface RememberedAnswer {
  bytes: Uint8Array;
  headers: Readonly<Record<string, string>>;
  etag: string;
}

/** Forgets what was asked for longest ago once `maxBytes` are full; an answer of more than a sixteenth of it is not kept. */
export function answerMemo(maxBytes = 16 * 2 ** 20): AnswerMemo {
  const answers = new Map<string, RememberedAnswer>();
  const sizeOf = (key: string, answer: RememberedAnswer): number => answer.bytes.length + 2 * key.length + 500;
  let size = 0;
  const drop = (key: string): void => {
    const known = answers.get(key);
    if (known === undefined) return;
    answers.delete(key);
    size -= sizeOf(key, known);
  };
  return {
    find: (key) => answers.get(key),
    keep(key, answer) {
      drop(key);
      if (sizeOf(key, answer) > maxBytes / 16) return;
      answers.set(key, answer);
      size += sizeOf(key, answer);
      for (const oldest of answers.keys()) {
        if (size <= maxBytes) break;
        drop(oldest);
      }
    },
  };
}
