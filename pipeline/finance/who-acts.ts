import { InputError } from '../../models/errors.ts';
import { actorOfKey, keyChecker, opens } from '../control/keys.ts';
import { hasMembers } from '../control/members.ts';
import type { ControlDatabase } from '../control/store.ts';
import type { Trace } from './period-store.ts';

/** What a shell says of who sits at it. */
export interface ShellClaim {
  /** the user of the machine */
  user: string;
  /** `--by`: a name, or the address of a member */
  by?: string;
  /** `LIFTPROOF_KEY`: the proof of it */
  key?: string;
}

const BOOKS = 'finance:close';

/**
 * Who acts on the books from a shell. A key says it by itself. Without one `--by` is taken at its word, as long as the workspace has no
 * members: from the first who joined on, a name takes the key of that member.
 *
 * @throws InputError `not_allowed` for a key that does not hold, is of another workspace or may not close the books, and for a name that
 *   is claimed and not shown
 */
export async function shellTrace(
  { db, pepper }: { db: ControlDatabase; pepper: Buffer },
  workspace: string,
  { user, by, key: token }: ShellClaim,
  now: Date,
): Promise<Trace> {
  if (token !== undefined && token !== '') {
    const key = await keyChecker(db, pepper)(token, now);
    if (key === undefined || !opens(key, workspace))
      throw new InputError(
        'not_allowed',
        `LIFTPROOF_KEY holds no key that is valid for ${workspace}; it may be mistyped, ended or revoked`,
      );
    if (!key.scopes.includes(BOOKS))
      throw new InputError('not_allowed', `the key in LIFTPROOF_KEY lacks the scope ${BOOKS}`);
    const actor = actorOfKey(key);
    if (by !== undefined && by.toLowerCase() !== key.name.toLowerCase() && by.toLowerCase() !== actor.toLowerCase())
      throw new InputError(
        'not_allowed',
        `--by is ${by}, and LIFTPROOF_KEY holds the key of ${actor}; leave out one of them`,
      );
    return { workspace, actor, now, keyId: key.id, memberId: key.memberId };
  }
  if (by === undefined) return { workspace, actor: `shell:${user}`, now, memberId: null };
  if (await hasMembers(db, workspace))
    throw new InputError(
      'not_allowed',
      `${workspace} has members, so --by ${by} is not taken at its word; put the key of that member into LIFTPROOF_KEY`,
    );
  if (/^(member|key|shell):/i.test(by))
    throw new InputError('usage', `--by is ${by}; give the name of a person, without a prefix`);
  return { workspace, actor: by, now, memberId: null };
}

/**
 * In a workspace with members, who asks to reopen a period and who approves it are two of them: one person may have many keys, and a
 * key that is nobody's proves nobody.
 *
 * @throws InputError `not_allowed`
 */
export async function checkReopener(db: ControlDatabase, trace: Trace): Promise<void> {
  if (trace.memberId || !(await hasMembers(db, trace.workspace))) return;
  throw new InputError(
    'not_allowed',
    `${trace.workspace} has members: who asks to reopen a period, and who approves it, acts with a member's own key, and ${trace.actor} is none; sign in with it, or put it into LIFTPROOF_KEY`,
  );
}
