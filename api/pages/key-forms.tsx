import type { Context } from 'hono';
import { InputError } from '../../models/errors.ts';
import { appendAudit } from '../../pipeline/control/audit.ts';
import { type ApiKey, createKey, revokeKey } from '../../pipeline/control/keys.ts';
import { ROLE_NAMES, ROLES } from '../../pipeline/control/roles.ts';
import { checkRights } from '../rights.ts';
import { day } from './format.ts';
import { type FormCall, fieldsOf, type Shown, traceOf } from './forms.ts';
import type { PageCall } from './page.ts';

/** The keys that hold, each with its end, and a form for a new one of a program. */
export function Keys({ call, keys }: { call: PageCall; keys: readonly ApiKey[] }) {
  const { session, workspace, now } = call;
  const alive = keys.filter((key) => key.revokedAt === null && key.expiresAt > now);
  const mayGive = ROLE_NAMES.filter((role) => ROLES[role].every((scope) => session.scopes.includes(scope)));
  return (
    <section class="box" id="programs">
      <h2>Keys that hold</h2>
      <ul class="rows">
        {alive.map((key) => (
          <li>
            <p>
              {key.name}, <b>{key.role}</b> (<code>{key.id}</code>), until {day(key.expiresAt.toISOString())}
              {key.id === session.id ? ', yours now' : ''}
            </p>
            {session.csrf === null || key.id === session.id ? null : (
              <form method="post" action={`/w/${workspace}/keys`}>
                <input type="hidden" name="csrf_token" value={session.csrf} />
                <input type="hidden" name="step" value="revoke" />
                <input type="hidden" name="key" value={key.id} />
                <button type="submit" class="plain">
                  End
                  <span class="hidden">
                    {' '}
                    the key {key.name} {key.id}
                  </span>
                </button>
              </form>
            )}
          </li>
        ))}
      </ul>
      {session.csrf === null ? null : (
        <form method="post" action={`/w/${workspace}/keys`} class="fields">
          <input type="hidden" name="csrf_token" value={session.csrf} />
          <input type="hidden" name="step" value="create" />
          <label>
            Name of the program
            <input name="name" required maxlength={100} autocomplete="off" />
          </label>
          <label>
            Its role
            <select name="role">
              {mayGive.map((role) => (
                <option value={role} selected={role === 'client'}>
                  {role}
                </option>
              ))}
            </select>
          </label>
          <label>
            Days it holds
            <input name="days" type="number" required min="1" max="3650" value="90" />
          </label>
          <button type="submit">Make a key</button>
        </form>
      )}
    </section>
  );
}

/** Does what a form of keys asks. @returns a new key, to be shown once. @throws InputError, HttpProblem `forbidden` */
export async function takeKeyStep(c: Context, call: FormCall): Promise<Shown | undefined> {
  const { control, workspace, session, now } = call;
  const field = await fieldsOf(c);
  const traced = traceOf(c, call);
  if (field('step') === 'revoke') {
    const ended = await control.db.transaction(async (transaction) => {
      const key = await revokeKey(transaction, workspace, field('key'), now);
      await appendAudit(transaction, { ...traced, action: 'key.revoke', object: `key/${key.id}` });
      return key;
    });
    call.forgetKey?.(ended.id);
    return undefined;
  }
  if (field('step') !== 'create') throw new InputError('usage', 'the form does not say what to do with the key');
  const role = ROLE_NAMES.find((one) => one === field('role'));
  if (role === undefined) throw new InputError('usage', `the form names no role; choose ${ROLE_NAMES.join(', ')}`);
  checkRights(session.scopes, ROLES[role]);
  const settings = { name: field('name').trim(), role, days: Number(field('days')) };
  const { token, key } = await control.db.transaction(async (transaction) => {
    const made = await createKey(transaction, control.pepper, workspace, settings, now);
    const details = { role, scopes: made.key.scopes };
    await appendAudit(transaction, { ...traced, action: 'key.create', object: `key/${made.key.id}`, details });
    return made;
  });
  return {
    title: `Key for ${key.name}`,
    about: `It may what the role ${key.role} may, and holds until ${day(key.expiresAt.toISOString())}.`,
    body: (
      <div class="box">
        <pre class="once">
          <code>{token}</code>
        </pre>
        <p>It is shown now and never again.</p>
      </div>
    ),
  };
}
