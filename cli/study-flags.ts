import { type StudyEntry, type StudyFacts, studyYaml } from '../pipeline/study-entry.ts';
import { listFlag } from './flags.ts';

/** How a plan is told about the study that it becomes. */
export interface StudyFlags {
  id?: string;
  start?: string;
  question?: string;
  channels?: string;
}

/** The flags, and the day on which the entry is written. */
export function studyFacts({ id, start, question, channels }: StudyFlags, now: Date = new Date()): StudyFacts {
  return {
    id,
    start,
    question,
    channels: channels === undefined ? [] : listFlag('--channels', channels),
    today: now.toISOString().slice(0, 10),
  };
}

/** The entry for people to paste, or why there is none. */
export function studyText(entry: StudyEntry | null, missing: string): string {
  return entry === null
    ? `No entry for studies: ${missing}`
    : `Write this into liftproof.yaml before the first day, and "liftproof run" reads the test when it is over:\n\n${studyYaml(entry)}`;
}
