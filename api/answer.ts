import { MEDIA_TYPES } from '../pipeline/encode-table.ts';
import type { AnswerAsk } from '../pipeline/make-answer.ts';
import type { Results } from '../pipeline/results.ts';
import type { ServedResults } from '../pipeline/served-runs.ts';
import { etagOf, isMatch } from './etag.ts';
import { COSTS } from './rate-limit.ts';
import type { Call } from './route.ts';

/**
 * Answers with a table of one run: 304 when the caller has it, from memory when someone asked a moment ago, else made now.
 *
 * @param request  what was asked, in one form only: names the answer together with the run and the format
 * @param isPinned  the caller named the run, so the answer never changes
 * @param next  address of the next page, if there is one, for formats that have no envelope
 */
export async function answerTable(
  call: Call,
  results: ServedResults,
  request: unknown,
  isPinned: boolean,
  ask: AnswerAsk,
  next?: string,
): Promise<Response> {
  return answerBytes(call, results, request, ask.format, isPinned, async () => {
    const { bytes, totalRows, truncated } = await results.answer(ask);
    const manifest = `</v1/w/${call.workspace}/runs/${results.manifest.run}/manifest>; rel="describedby"`;
    const links = [manifest, ...(truncated && next !== undefined ? [`<${next}>; rel="next"`] : [])];
    return {
      bytes,
      headers: {
        'content-type': MEDIA_TYPES[ask.format],
        link: links.join(', '),
        'x-total-rows': String(totalRows),
        'x-truncated': String(truncated),
      },
    };
  });
}

/** The same for a document that only comes as JSON. */
export async function answerJson(
  call: Call,
  results: Results,
  request: unknown,
  isPinned: boolean,
  make: () => Promise<unknown>,
): Promise<Response> {
  return answerBytes(call, results, request, 'json', isPinned, async () => ({
    bytes: Buffer.from(JSON.stringify(await make())),
    headers: { 'content-type': MEDIA_TYPES.json },
  }));
}

async function answerBytes(
  call: Call,
  results: Results,
  request: unknown,
  format: string,
  isPinned: boolean,
  make: () => Promise<{ bytes: Uint8Array; headers: Record<string, string> }>,
): Promise<Response> {
  const etag = etagOf(results.manifest, request, format);
  const common = {
    etag,
    'cache-control': isPinned ? 'private, max-age=31536000, immutable' : 'private, no-cache',
    vary: 'Accept, Accept-Encoding, Authorization',
  };
  // a precondition on POST would mean something else (RFC 9110 §13.2.2), so only reading is conditional
  if (call.method !== 'POST' && isMatch(call.headers.get('if-none-match') ?? undefined, etag))
    return new Response(null, { status: 304, headers: common });
  const body = await call.bodies.take(etag, () => {
    call.charge(COSTS.live - COSTS.cached);
    return make();
  });
  const headers = { ...body.headers, ...common, 'content-length': String(body.bytes.length) };
  // a run that was named may be gone the next time
  if (!isPinned) call.remember?.({ bytes: body.bytes, headers, etag });
  return new Response(body.bytes as Uint8Array<ArrayBuffer>, { headers });
}
