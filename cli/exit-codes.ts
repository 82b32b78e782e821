import { InputError, type InputErrorCode } from '../models/errors.ts';
import { Interrupted } from './interrupted.ts';

/** What the shell sees. 1 is a bug of ours; everything a caller can mend has a number of its own. */
const EXIT_CODES: Readonly<Record<InputErrorCode, number>> = {
  usage: 2,
  bad_parameter: 2,
  bad_config: 2,
  unknown_name: 2,
  bad_input: 3,
  bad_panel: 3,
  bad_paths: 3,
  unknown_source: 3,
  rejected: 3,
  too_large: 3,
  check_failed: 3,
  insufficient_data: 3,
  not_found: 4,
  not_published: 4,
  locked: 5,
  not_converged: 6,
  not_reconciled: 7,
  disk_full: 8,
  damaged: 8,
  not_allowed: 9,
  timeout: 10,
};

export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return error.exitCode;
  return error instanceof InputError ? EXIT_CODES[error.code] : 1;
}
