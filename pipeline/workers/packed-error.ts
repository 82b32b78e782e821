import { InputError, type InputErrorCode } from '../../models/errors.ts';

/** An error as it crosses threads and processes: it keeps its text but not its class. */
export type PackedError = {
  code: InputErrorCode | null;
  message: string;
  stack?: string;
  details?: Record<string, unknown>;
};

export function packed(error: unknown): PackedError {
  if (error instanceof InputError) return { code: error.code, message: error.message, details: error.details };
  return error instanceof Error
    ? { code: null, message: error.message, stack: error.stack }
    : { code: null, message: String(error) };
}

/** The error that was packed, to be thrown again. */
export function unpacked(error: PackedError): Error {
  if (error.code !== null) return new InputError(error.code, error.message, { details: error.details });
  const out = new Error(error.message);
  if (error.stack !== undefined) out.stack = error.stack;
  return out;
}
