import { instantRequired, type Stream, text, textRequired } from './column.ts';

/** Studies: who or what was given which arm, and was really exposed. */
export const studyStreams = {
  assignment: {
    key: ['study', 'unit_kind', 'unit'],
    columns: {
      study: textRequired,
      // user | geo | block
      unit_kind: textRequired,
      // a person key when unit_kind is user
      unit: textRequired,
      arm: textRequired,
      assigned_at: instantRequired,
    },
  },
  exposure: {
    key: ['study', 'unit', 'exposed_at'],
    // units are users unless unit_kind says otherwise
    columns: { study: textRequired, unit_kind: text, unit: textRequired, exposed_at: instantRequired },
  },
} as const satisfies Record<string, Stream>;
