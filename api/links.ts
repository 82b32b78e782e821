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

/** Where a share link is read: its name and its end, signed, so that nobody guesses one and none lives longer than it was made for. */
export function shareAddress(pepper: Buffer, link: { workspace: string; id: string; expiresAt: Date }): string {
  const path = `/s/${link.workspace}/${link.id}`;
  const expires = Math.floor(link.expiresAt.getTime() / 1000);
  return `${path}.${expires.toString(36)}.${signatureOf(pepper, path, expires)}`;
}

/** The id in the last part of such an address; undefined when it was changed, guessed, or has ended. */
export function sharedId(pepper: Buffer, workspace: string, token: string, now: Date): string | undefined {
  const [, id, end, signature] = /^([\w-]{22})\.([0-9a-z]{1,9})\.([\w-]{43})$/.exec(token) ?? [];
  if (id === undefined) return undefined;
  return isSignedLink(pepper, `/s/${workspace}/${id}`, Number.parseInt(end, 36), signature, now) ? id : undefined;
}

function signatureOf(pepper: Buffer, path: string, expires: number): string {
  return createHmac('sha256', pepper).update(`link\n${path}\n${expires}`).digest('base64url');
}

/** Where an invitation is taken up. */
export function joinAddress(workspace: string, token: string): string {
  return `/join/${workspace}/${token}`;
}
