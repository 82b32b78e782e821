import { createHash } from 'node:crypto';
import { claimRequest, keepAnswer, releaseRequest, type StoredAnswer } from '../pipeline/control/idempotency.ts';
import { HttpProblem } from './problem.ts';
import { type Call, callerOf, controlOf, type Route } from './route.ts';

/**
 * Answers a request once, however often it is sent with the same `Idempotency-Key`: later ones get the first answer again, for 24
 * hours. What failed may be sent again.
 *
 * @throws HttpProblem `invalid-request` without a key where one is needed, `idempotency-mismatch`, `idempotency-in-progress`
 */
export async function answerOnce(
  route: Route,
  call: Call,
  path: string,
  body: string | Uint8Array,
  answer: () => Promise<Response>,
): Promise<Response> {
  const key = call.headers.get('idempotency-key');
  if (route.idempotency === undefined) return answer();
  if (key === null) {
    if (route.idempotency === 'optional') return answer();
    const detail = 'send Idempotency-Key, such as a UUID: the same request sent again then has no second effect';
    throw new HttpProblem('invalid-request', detail, { errors: [{ parameter: 'Idempotency-Key', detail }] });
  }
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) {
    const detail = 'expected 1 to 200 visible ASCII characters';
    throw new HttpProblem('invalid-request', `Idempotency-Key: ${detail}`, {
      errors: [{ parameter: 'Idempotency-Key', detail }],
    });
  }
  const { db } = controlOf(call);
  const request = {
    workspace: call.workspace,
    keyId: callerOf(call).id,
    idempotencyKey: key,
    requestHash: createHash('sha256').update(`${call.method} ${path}\n`).update(body).digest('hex'),
  };
  const claim = await claimRequest(db, request, call.now());
  switch (claim.how) {
    case 'mismatch':
      throw new HttpProblem(
        'idempotency-mismatch',
        'this Idempotency-Key was sent with another request; use a new one',
      );
    case 'in_progress':
      throw new HttpProblem('idempotency-in-progress', 'the first request is not answered yet; ask again', {
        headers: { 'retry-after': '1' },
      });
    case 'replay':
      return new Response(claim.answer.body, {
        status: claim.answer.status,
        headers: { ...claim.answer.headers, 'idempotency-replayed': 'true' },
      });
  }
  try {
    const response = await answer();
    await keepAnswer(db, request, await storable(response.clone()));
    return response;
  } catch (cause) {
    await releaseRequest(db, request);
    throw cause;
  }
}

async function storable(response: Response): Promise<StoredAnswer> {
  const kept = ['content-type', 'location'].flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value]];
  });
  return { status: response.status, headers: Object.fromEntries(kept), body: await response.text() };
}

/** Id of what a request begins: the same for the same `Idempotency-Key`, so that beginning twice is beginning once. */
export function idOfRequest(call: Call): string | undefined {
  const key = call.headers.get('idempotency-key');
  if (key === null) return undefined;
  const hash = createHash('sha256')
    .update(JSON.stringify([call.workspace, callerOf(call).id, key]))
    .digest('hex');
  // a UUID of the form for ids made from a hash (RFC 9562, version 8)
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
