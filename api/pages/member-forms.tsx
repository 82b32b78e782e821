import type { Context } from 'hono';
import { InputError } from '../../models/errors.ts';
import { appendAudit } from '../../pipeline/control/audit.ts';
import {
  changeMember,
  findMember,
  type Invitation,
  inviteAgain,
  inviteMember,
  type Member,
  removeMember,
} from '../../pipeline/control/members.ts';
import { ROLE_NAMES, ROLES, type Role } from '../../pipeline/control/roles.ts';
import { makeTable, textColumn } from '../../pipeline/views/make-table.ts';
import { joinAddress } from '../links.ts';
import { checkRights } from '../rights.ts';
import { day, instant } from './format.ts';
import { type FormCall, fieldsOf, type Shown, traceOf } from './forms.ts';
import type { Figure, PageCall } from './page.ts';

/** The people of the workspace, what may be done with each, and a form to invite another. */
export function Members({ call, members }: { call: PageCall; members: readonly Member[] }) {
  const { session } = call;
  const present = members.filter((one) => one.state !== 'removed');
  const mayGive = ROLE_NAMES.filter((role) => ROLES[role].every((scope) => session.scopes.includes(scope)));
  return (
    <section class="box" id="people">
      <h2>Members</h2>
      <p>
        A member signs in with a key of his own, and acts under his own name. Once somebody has joined, what needs a
        second person needs a second member.
      </p>
      {present.length === 0 ? <p>Nobody was invited yet.</p> : null}
      <ul class="rows">
        {present.map((one) => (
          <li>
            <p>
              {one.name} ({one.email}), <b>{one.role}</b>
              {one.state === 'invited' ? ', invited' : `, since ${day(one.joinedAt?.toISOString() ?? null)}`}
              {one.invitationExpiresAt === null
                ? ''
                : `, invitation until ${day(one.invitationExpiresAt.toISOString())}`}
            </p>
            {session.csrf === null || !mayGive.includes(one.role) ? null : (
              <div class="fields">
                <MemberForm call={call} step="change" member={one}>
                  <label>
                    <span class="hidden">Role of {one.name}</span>
                    <select name="role">
                      <RoleOptions roles={mayGive} chosen={one.role} />
                    </select>
                  </label>
                  <button type="submit" class="plain">
                    Change<span class="hidden"> the role of {one.name}</span>
                  </button>
                </MemberForm>
                <MemberForm call={call} step="again" member={one}>
                  <button type="submit" class="plain">
                    New invitation<span class="hidden"> for {one.name}</span>
                  </button>
                </MemberForm>
                <MemberForm call={call} step="remove" member={one}>
                  <button type="submit" class="plain">
                    Remove<span class="hidden"> {one.name}</span>
                  </button>
                </MemberForm>
              </div>
            )}
          </li>
        ))}
      </ul>
      {session.csrf === null ? null : (
        <MemberForm call={call} step="invite">
          <label>
            E-mail
            <input name="email" type="email" required maxlength={254} autocomplete="off" />
          </label>
          <label>
            Name
            <input name="name" required maxlength={100} autocomplete="off" />
          </label>
          <label>
            Role
            <select name="role">
              <RoleOptions roles={mayGive} chosen="marketer" />
            </select>
          </label>
          <button type="submit">Invite</button>
        </MemberForm>
      )}
    </section>
  );
}

function MemberForm({
  call: { workspace, session },
  step,
  member,
  children,
}: {
  call: PageCall;
  step: string;
  member?: Member;
  children?: unknown;
}) {
  return (
    <form method="post" action={`/w/${workspace}/members`} class="fields">
      <input type="hidden" name="csrf_token" value={session.csrf ?? ''} />
      <input type="hidden" name="step" value={step} />
      {member === undefined ? null : <input type="hidden" name="member" value={member.id} />}
      {children}
    </form>
  );
}

function RoleOptions({ roles, chosen }: { roles: readonly Role[]; chosen: Role }) {
  return (
    <>
      {roles.map((role) => (
        <option value={role} selected={role === chosen}>
          {role}
        </option>
      ))}
    </>
  );
}

export function membersFigure(members: readonly Member[]): Figure {
  const active = members.filter((one) => one.state === 'active').length;
  return {
    id: 'members',
    title: 'All members',
    summary:
      members.length === 0
        ? 'Nobody was invited yet.'
        : `${active} ${active === 1 ? 'member has' : 'members have'} joined; ${members.length} were ever invited.`,
    table: makeTable(
      [
        textColumn('email', 'E-mail'),
        textColumn('name', 'Name'),
        textColumn('role', 'Role'),
        textColumn('state', 'State'),
        textColumn('invited_by', 'Invited by'),
        { id: 'created', label: 'Invited', type: 'instant' },
        { id: 'joined', label: 'Joined', type: 'instant' },
        { id: 'removed', label: 'Removed', type: 'instant' },
      ],
      members.map((one) => ({
        email: one.email,
        name: one.name,
        role: one.role,
        state: one.state,
        invited_by: one.invitedBy,
        created: one.createdAt.toISOString(),
        joined: one.joinedAt?.toISOString() ?? null,
        removed: one.removedAt?.toISOString() ?? null,
      })),
    ),
    how: 'admin',
  };
}

/** Does what a form of members asks. @returns an invitation to show once. @throws InputError, HttpProblem `forbidden` */
export async function takeMemberStep(c: Context, call: FormCall): Promise<Shown | undefined> {
  const { control, workspace, session, now } = call;
  const { db, pepper } = control;
  const field = await fieldsOf(c);
  const traced = traceOf(c, call);
  const step = field('step');
  const id = field('member');
  const mayTouch = async (transaction: typeof db): Promise<Member> => {
    const one = await findMember(transaction, workspace, id);
    checkRights(session.scopes, ROLES[one.role]);
    return one;
  };
  switch (step) {
    case 'invite': {
      const role = roleOf(field('role'));
      checkRights(session.scopes, ROLES[role]);
      const settings = { workspace, email: field('email'), name: field('name'), role, invitedBy: session.actor, now };
      return db.transaction(async (transaction) => {
        const one = await inviteMember(transaction, pepper, settings);
        const object = `member/${one.member.id}`;
        await appendAudit(transaction, { ...traced, action: 'member.invite', object, details: { role } });
        return shownInvitation(c, one);
      });
    }
    case 'again':
      return db.transaction(async (transaction) => {
        await mayTouch(transaction);
        const one = await inviteAgain(transaction, pepper, workspace, id, now);
        const object = `member/${id}`;
        await appendAudit(transaction, { ...traced, action: 'member.invite', object, details: { again: true } });
        return shownInvitation(c, one);
      });
    case 'change': {
      const role = roleOf(field('role'));
      checkRights(session.scopes, ROLES[role]);
      const keys = await db.transaction(async (transaction) => {
        const before = await mayTouch(transaction);
        const one = await changeMember(transaction, workspace, id, { role });
        const details = { from: before.role, to: role };
        await appendAudit(transaction, { ...traced, action: 'member.change', object: `member/${id}`, details });
        return one.keys;
      });
      for (const key of keys) call.forgetKey?.(key);
      return undefined;
    }
    case 'remove': {
      const keys = await db.transaction(async (transaction) => {
        await mayTouch(transaction);
        const one = await removeMember(transaction, workspace, id, now);
        const details = { keys: one.keys };
        await appendAudit(transaction, { ...traced, action: 'member.remove', object: `member/${id}`, details });
        return one.keys;
      });
      for (const key of keys) call.forgetKey?.(key);
      return undefined;
    }
    default:
      throw new InputError('usage', 'the form does not say what to do with the member');
  }
}

function roleOf(text: string): Role {
  const role = ROLE_NAMES.find((one) => one === text);
  if (role === undefined) throw new InputError('usage', `the form names no role; choose ${ROLE_NAMES.join(', ')}`);
  return role;
}

function shownInvitation(c: Context, { member, token, expiresAt }: Invitation): Shown {
  const address = new URL(joinAddress(member.workspace, token), c.req.url).href;
  return {
    title: `Invitation for ${member.name}`,
    about: `Send this address to ${member.email}, and to nobody else: whoever opens it becomes ${member.name}.`,
    body: (
      <div class="box">
        <pre class="once">
          <code>{address}</code>
        </pre>
        <p>It is shown now and never again, works once, and holds until {instant(expiresAt.toISOString())}.</p>
      </div>
    ),
  };
}
