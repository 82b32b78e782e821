import { InputError, type InputErrorCode } from '../models/errors.ts';

/** Every kind of problem that this API can answer with (RFC 9457). The slugs are a contract. */
export const PROBLEMS = {
  'invalid-request': { status: 422, title: 'The request cannot be understood' },
  'unknown-metric': { status: 422, title: 'There is no such metric' },
  'incompatible-combination': { status: 422, title: 'These do not go together' },
  'not-published': { status: 422, title: 'The run does not have this' },
  unauthenticated: { status: 401, title: 'A key is needed' },
  forbidden: { status: 403, title: 'The key may not do this' },
  'read-only': { status: 403, title: 'This server only reads' },
  'not-found': { status: 404, title: 'There is nothing here' },
  'method-not-allowed': { status: 405, title: 'This cannot be done here' },
  'not-acceptable': { status: 406, title: 'There is no such format' },
  conflict: { status: 409, title: 'This does not fit what is there' },
  'period-locked': { status: 409, title: 'The period is locked' },
  'idempotency-mismatch': { status: 422, title: 'The Idempotency-Key belongs to another request' },
  'idempotency-in-progress': { status: 409, title: 'The same request is still under way' },
  'insufficient-data': { status: 422, title: 'There is too little data' },
  'not-converged': { status: 422, title: 'The model did not converge' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'gone-run': { status: 410, title: 'The run is no longer kept' },
  'too-large': { status: 413, title: 'The request is too large' },
  'bad-media-type': { status: 415, title: 'The body is of another kind' },
  'bad-request': { status: 400, title: 'This is not HTTP' },
  'headers-too-large': { status: 431, title: 'Address or headers are too long' },
  'over-capacity': { status: 503, title: 'Too busy just now' },
  'query-too-large': { status: 422, title: 'The query needs too much memory' },
  'query-timeout': { status: 504, title: 'The query took too long' },
  internal: { status: 500, title: 'Something broke on our side' },
} as const;

export type ProblemType = keyof typeof PROBLEMS;

/** One wrong place: a JSON pointer into the body, or the name of a parameter. */
export interface ProblemPlace {
  pointer?: string;
  parameter?: string;
  detail: string;
}

/** What only HTTP can get wrong; what any door can get wrong is an `InputError`. */
export class HttpProblem extends Error {
  readonly type: ProblemType;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly ProblemPlace[];

  constructor(
    type: ProblemType,
    detail: string,
    options: { headers?: Record<string, string>; errors?: readonly ProblemPlace[] } = {},
  ) {
    super(detail);
    this.type = type;
    this.headers = options.headers ?? {};
    this.errors = options.errors ?? [];
  }
}

/** The status table: what a caller can mend by asking otherwise. Codes that are not here are our own trouble: 500, no words. */
const TYPE_OF_CODE: Partial<Record<InputErrorCode, ProblemType>> = {
  usage: 'invalid-request',
  bad_parameter: 'invalid-request',
  unknown_name: 'invalid-request',
  not_published: 'not-published',
  not_found: 'not-found',
  locked: 'over-capacity',
  bad_input: 'invalid-request',
  not_allowed: 'conflict',
  insufficient_data: 'insufficient-data',
  not_converged: 'not-converged',
  timeout: 'query-timeout',
  too_large: 'query-too-large',
};

const RETRYABLE: ReadonlySet<ProblemType> = new Set([
  'over-capacity',
  'query-timeout',
  'rate-limited',
  'idempotency-in-progress',
]);

/** Any error as a response that says what went wrong, where and what to do, and nothing of how the server is made. */
export function problemResponse(error: unknown, requestId: string): Response {
  const { type, detail, errors, published, headers } = describe(error);
  const { status, title } = PROBLEMS[type];
  const body = {
    type: `urn:liftproof:problem:${type}`,
    title,
    status,
    code: type.replaceAll('-', '_'),
    detail,
    ...(errors.length > 0 ? { errors } : {}),
    ...(published === undefined ? {} : { published }),
    request_id: requestId,
    retryable: RETRYABLE.has(type),
  };
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store', ...headers },
  });
}

/** True for what no caller could have caused: worth a line in the log. */
export function isInternal(error: unknown): boolean {
  return describe(error).type === 'internal';
}

interface Description {
  type: ProblemType;
  detail: string;
  errors: readonly ProblemPlace[];
  published?: unknown;
  headers: Readonly<Record<string, string>>;
}

function describe(error: unknown): Description {
  if (error instanceof HttpProblem)
    return { type: error.type, detail: error.message, errors: error.errors, headers: error.headers };
  const type = error instanceof InputError ? typeOf(error) : undefined;
  if (!(error instanceof InputError) || type === undefined) {
    return {
      type: 'internal',
      detail: 'It was written to the log of the server under this request_id.',
      errors: [],
      headers: {},
    };
  }
  if (type === 'query-timeout' || type === 'query-too-large')
    return {
      type,
      detail: 'The query was stopped; ask for fewer dimensions or a shorter time, or for an export.',
      errors: [],
      headers: {},
    };
  const { errors = [], published } = error.details as { errors?: ProblemPlace[]; published?: unknown };
  return {
    type,
    detail: error.message,
    errors,
    published,
    headers: type === 'over-capacity' ? { 'retry-after': '1' } : {},
  };
}

function typeOf(error: InputError): ProblemType | undefined {
  if (error.code === 'unknown_name' && error.details.what === 'metric') return 'unknown-metric';
  if (error.code === 'usage' && error.details.incompatible === true) return 'incompatible-combination';
  if (error.code === 'locked' && error.details.what === 'period') return 'period-locked';
  return TYPE_OF_CODE[error.code];
}
