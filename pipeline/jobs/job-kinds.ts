import type { Scope } from '../control/roles.ts';

/** What can be done in a child process of its own. */
export const JOB_KINDS = {
  ingest: { queue: 'work', deadlineMs: 3_600_000, retries: 3, scope: 'write:ingest' },
  run: { queue: 'work', deadlineMs: 6 * 3_600_000, retries: 3, scope: 'run:models' },
  plan: { queue: 'work', deadlineMs: 3_600_000, retries: 1, scope: 'run:models' },
  erase: { queue: 'work', deadlineMs: 3_600_000, retries: 3, scope: 'privacy' },
  backup: { queue: 'work', deadlineMs: 6 * 3_600_000, retries: 2, scope: 'admin' },
  export: { queue: 'export', deadlineMs: 900_000, retries: 1, scope: 'read:reports' },
} as const satisfies Record<string, JobKindSettings>;

interface JobKindSettings {
  /** jobs of one queue are done one after the other: all that open the warehouse stand in `work` */
  queue: 'work' | 'export';
  /** a job that takes longer is killed */
  deadlineMs: number;
  /** after a crash, a kill, or a warehouse that another process has open; what the input makes fail is not tried again */
  retries: number;
  /** needed to cancel it */
  scope: Scope;
}

export type JobKind = keyof typeof JOB_KINDS;
export type JobQueueName = (typeof JOB_KINDS)[JobKind]['queue'];
export const JOB_KIND_NAMES = Object.keys(JOB_KINDS) as JobKind[];
