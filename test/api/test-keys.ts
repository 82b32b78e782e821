import { randomBytes } from 'node:crypto';
import type { ApiKey, CheckKey } from '../../pipeline/control/keys.ts';
import type { Role, Scope } from '../../pipeline/control/roles.ts';

/** Keys without a store, for tests of what stands behind them. */
export interface TestKeys {
  check: CheckKey;
  make(scopes: readonly Scope[], options?: { expiresAt?: Date; role?: Role; workspace?: string }): string;
}

export function testKeys(workspace: string, now: Date): TestKeys {
  const keys = new Map<string, ApiKey>();
  return {
    async check(token, at) {
      const key = keys.get(token);
      return key !== undefined && key.expiresAt > at ? key : undefined;
    },
    make(scopes, options = {}) {
      const id = randomBytes(4).toString('hex');
      const token = `lp_live_${id}_${randomBytes(32).toString('base64url')}`;
      keys.set(token, {
        id,
        workspace: options.workspace ?? workspace,
        name: 'test',
        role: options.role ?? 'client',
        scopes: [...scopes],
        allowedIps: [],
        createdAt: now,
        expiresAt: options.expiresAt ?? new Date(now.getTime() + 86_400_000),
        lastUsedAt: null,
        revokedAt: null,
        replacedBy: null,
        memberId: null,
      });
      return token;
    },
  };
}
