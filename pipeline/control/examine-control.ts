import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../models/errors.ts';
import type { DoctorFinding } from '../doctor.ts';
import { findWorkspace } from '../workspace.ts';
import { verifyAuditChain } from './audit.ts';
import { listKeys } from './keys.ts';
import { type ControlPlace, homeOf, openControl } from './open-control.ts';

const SOON_MS = 14 * 86_400_000;

/** Looks the control store over, when there is one: it opens, its audit chain holds, its keys hold for a while. */
export async function examineControl(place: ControlPlace, now: Date = new Date()): Promise<DoctorFinding[]> {
  if (!process.env.DATABASE_URL && !existsSync(join(homeOf(place), 'postgres', 'data', 'ready')))
    return [{ check: 'control store', state: 'ok', finding: 'none yet; "liftproof serve" makes one' }];
  const name = findWorkspace(place.workspace).config.workspace;
  try {
    const control = await openControl(place);
    try {
      const chain = await verifyAuditChain(control.db, name);
      const keys = (await listKeys(control.db, name)).filter((key) => key.revokedAt === null && key.expiresAt > now);
      const ending = keys.filter((key) => key.expiresAt.getTime() - now.getTime() < SOON_MS && key.replacedBy === null);
      return [
        { check: 'control store', state: 'ok', finding: 'opens' },
        chain.isIntact
          ? { check: 'audit chain', state: 'ok', finding: `${chain.rows} rows, every link holds` }
          : {
              check: 'audit chain',
              state: 'bad',
              finding: `broken: ${chain.reason}`,
              advice: 'somebody changed it; compare it with that of a backup (liftproof restore --verify)',
            },
        {
          check: 'keys',
          state: ending.length > 0 ? 'warn' : 'ok',
          finding: `${keys.length} hold; ${ending.length} end within 14 days${ending.length > 0 ? `: ${ending.map((key) => key.id).join(', ')}` : ''}`,
          ...(ending.length > 0 ? { advice: 'liftproof key rotate <id>' } : {}),
        },
      ];
    } finally {
      await control.close();
    }
  } catch (cause) {
    if (!(cause instanceof InputError)) throw cause;
    return [{ check: 'control store', state: 'bad', finding: cause.message, advice: 'see docs/serving.md' }];
  }
}
