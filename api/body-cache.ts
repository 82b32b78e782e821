/** Encoded answers by ETag: an equal tag gives equal bytes, and what was asked a moment ago needs no SQL. */
export interface BodyCache {
  /** the answer of this tag; made once, however many ask for it at the same time. What failed is not kept. */
  take(etag: string, make: () => Promise<Body>): Promise<Body>;
}

export interface Body {
  bytes: Uint8Array;
  headers: Readonly<Record<string, string>>;
}

/** Forgets what was asked for longest ago once `maxBytes` are full; a body of more than an eighth of it is not kept. */
export function bodyCache(maxBytes = 64 * 2 ** 20): BodyCache {
  const bodies = new Map<string, Body>();
  const making = new Map<string, Promise<Body>>();
  let size = 0;

  const keep = (etag: string, body: Body): void => {
    if (body.bytes.length > maxBytes / 8) return;
    bodies.set(etag, body);
    size += body.bytes.length;
    for (const [oldest, { bytes }] of bodies) {
      if (size <= maxBytes) break;
      bodies.delete(oldest);
      size -= bytes.length;
    }
  };

  return {
    async take(etag, make) {
      const known = bodies.get(etag);
      if (known !== undefined) {
        bodies.delete(etag);
        bodies.set(etag, known);
        return known;
      }
      let made = making.get(etag);
      if (made === undefined) {
        made = make().then((body) => {
          keep(etag, body);
          return body;
        });
        making.set(etag, made);
        made.catch(() => undefined).finally(() => making.delete(etag));
      }
      return made;
    },
  };
}
