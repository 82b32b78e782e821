import type { AnswerAsk, EncodedAnswer } from '../make-answer.ts';
import type { PackedError } from '../workers/packed-error.ts';
import type { PackedColumns } from './packed-columns.ts';

/** A published run, by the folder that holds it. */
export interface ReadPlace {
  /** the folder `results/` */
  results: string;
  run: string;
}

/** Values that can be bound. */
export type ReadParameters = Readonly<Record<string, string | number | bigint | boolean | null>>;

/** What a reader can be asked: rows of a statement of ours, or an answer that is made and encoded where it is read. */
export type ReadTask = { kind: 'rows'; sql: string; parameters: ReadParameters } | { kind: 'answer'; ask: AnswerAsk };

export type ReadReply = { kind: 'rows'; rows: PackedColumns } | { kind: 'answer'; answer: EncodedAnswer };

/** What a reader is told when it starts. */
export interface ReaderLimits {
  threads: number;
  /** for the database of each run that is open */
  memoryBytes: number;
  spillDirectory: string;
  spillBytes: number;
  /** runs that it holds open */
  openRuns: number;
}

export type MessageToReader =
  | { id: number; place: ReadPlace; task: ReadTask }
  | { interrupt: number }
  | { forget: ReadPlace };

export type MessageFromReader =
  /** the run is open: from here on it is the question that takes time */
  { id: number; began: true } | { id: number; reply: ReadReply } | { id: number; failure: PackedError };
