/** Encoded answers by ETag: an equal tag gives equal bytes, and what was asked a moment ago needs no SQL. */
export interface BodyCache {
  get(etag: string): CachedBody | undefined;
  set(etag: string, body: CachedBody): void;
}

export interface CachedBody {
  bytes: Uint8Array;
  headers: Readonly<Record<string, string>>;
}

/** Forgets what was asked for longest ago once `maxBytes` are full; a body of more than an eighth of it is not kept. */
export function bodyCache(maxBytes = 64 * 2 ** 20): BodyCache {
  const bodies = new Map<string, CachedBody>();
  let size = 0;
  return {
    get(etag) {
      const body = bodies.get(etag);
      if (body !== undefined) {
        bodies.delete(etag);
        bodies.set(etag, body);
      }
      return body;
    },
    set(etag, body) {
      if (body.bytes.length > maxBytes / 8 || bodies.has(etag)) return;
      bodies.set(etag, body);
      size += body.bytes.length;
      for (const [oldest, { bytes }] of bodies) {
        if (size <= maxBytes) break;
        bodies.delete(oldest);
        size -= bytes.length;
      }
    },
  };
}
