import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

/** Seals a secret that must be read again, such as that of a webhook: AES-256-GCM under a key made from the pepper. */
export function seal(pepper: Buffer, text: string): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyOf(pepper), nonce);
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** @throws Error when it was sealed with another pepper, or changed */
export function unseal(pepper: Buffer, sealed: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', keyOf(pepper), sealed.subarray(0, 12), { authTagLength: 16 });
  decipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([decipher.update(sealed.subarray(12, -16)), decipher.final()]).toString('utf8');
}

function keyOf(pepper: Buffer): Buffer {
  return Buffer.from(hkdfSync('sha256', pepper, '', 'liftproof seal', 32));
}
