import { createHmac, timingSafeEqual } from 'node:crypto';

/** How long a link to a file holds. */
export const LINK_SECONDS = 900;

/** A link that needs no key: whoever has it may fetch one file until it ends. */
export function signedLink(pepper: Buffer, path: string, now: Date): string {
  const expires = Math.floor(now.getTime() / 1000) + LINK_SECONDS;
  return `${path}?expires=${expires}&signature=${signatureOf(pepper, path, expires)}`;
}

export function isSignedLink(pepper: Buffer, path: string, expires: number, signature: string, now: Date): boolean {
  const [a, b] = [signatureOf(pepper, path, expires), signature].map((text) => Buffer.from(text));
  return a.length === b.length && timingSafeEqual(a, b) && expires >= now.getTime() / 1000;
}

function signatureOf(pepper: Buffer, path: string, expires: number): string {
  return createHmac('sha256', pepper).update(`link\n${path}\n${expires}`).digest('base64url');
}
