/** Codes of everything a caller can mend. `EXIT_CODES` and the API's status table are keyed by them. */
export const INPUT_ERROR_CODES = [
  'bad_parameter',
  'bad_config',
  'bad_input',
  'bad_panel',
  'bad_paths',
  'unknown_source',
  'unknown_name',
  'usage',
  'rejected',
  'not_found',
  'locked',
  'not_converged',
  'insufficient_data',
  'not_reconciled',
  'not_allowed',
  'not_published',
  'too_large',
  'timeout',
  'disk_full',
  'damaged',
  'check_failed',
] as const;

export type InputErrorCode = (typeof INPUT_ERROR_CODES)[number];

/**
 * Something the caller can mend. The message says what, where, what was got, and what to do:
 * `engagements.csv:42: channel is empty; set default_channel for this source`.
 */
export class InputError extends Error {
  readonly code: InputErrorCode;
  /** machine-readable context: file, line, column, key, near matches */
  readonly details: Record<string, unknown>;

  constructor(
    code: InputErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = 'InputError';
    this.code = code;
    this.details = options.details ?? {};
  }
}
