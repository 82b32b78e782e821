import { z } from '@hono/zod-openapi';
import {
  changeMember,
  findMember,
  type Invitation,
  inviteAgain,
  inviteMember,
  listMembers,
  MEMBER_STATES,
  type Member,
  removeMember,
} from '../../pipeline/control/members.ts';
import { ROLE_NAMES, ROLES } from '../../pipeline/control/roles.ts';
import { parseWith } from '../../pipeline/query-schema.ts';
import { joinAddress } from '../links.ts';
import { jsonAnswer } from '../lists.ts';
import { checkRights } from '../rights.ts';
import { callerOf, controlOf, type Route } from '../route.ts';
import { actorOf, trace } from '../trace.ts';

const instant = z.string().nullable();
export const memberSchema = z
  .strictObject({
    id: z.string(),
    email: z.string(),
    name: z.string(),
    role: z.enum(ROLE_NAMES),
    state: z.enum(MEMBER_STATES),
    invited_by: z.string(),
    created_at: z.string(),
    invitation_expires_at: instant.openapi({ description: 'of an invitation that is open' }),
    joined_at: instant,
    removed_at: instant,
  })
  .openapi('Member');
export const invitedSchema = z
  .strictObject({
    member: memberSchema,
    invitation: z.strictObject({
      address: z.string().openapi({
        description: 'on this server; shown now and never again. Whoever opens it becomes the member',
      }),
      expires_at: z.string(),
    }),
  })
  .openapi('Invitation');
export const inviteBody = z
  .strictObject({
    email: z.string().min(3).max(254).openapi({ example: 'ana@example.com' }),
    name: z.string().min(1).max(100),
    role: z.enum(ROLE_NAMES),
  })
  .openapi('MemberRequest');
const changeBody = z
  .strictObject({ role: z.enum(ROLE_NAMES).optional(), name: z.string().min(1).max(100).optional() })
  .refine(({ role, name }) => role !== undefined || name !== undefined, 'expected role, name, or both')
  .openapi('MemberChange');
const params = z.object({ member: z.string() });
const common = { scope: 'admin', tag: 'administration', needsControl: true } as const;

export const listMembersRoute: Route = {
  ...common,
  method: 'get',
  path: '/v1/w/{workspace}/members',
  summary: 'The people of the workspace, removed ones included',
  response: z.strictObject({ data: z.array(memberSchema) }),
  async handle(_input, call) {
    return jsonAnswer({ data: (await listMembers(controlOf(call).db, call.workspace)).map(shown) });
  },
};

export const postMemberRoute: Route = {
  ...common,
  method: 'post',
  path: '/v1/w/{workspace}/members',
  summary:
    'Invites somebody; the address of the invitation is shown once. Nobody gives a role that may do more than his own',
  body: inviteBody,
  status: 201,
  response: invitedSchema,
  async handle({ body }, call) {
    const settings = parseWith(inviteBody, body, 'the member');
    checkRights(callerOf(call).scopes, ROLES[settings.role]);
    const { db, pepper } = controlOf(call);
    const invited = await db.transaction(async (transaction) => {
      const one = await inviteMember(transaction, pepper, {
        ...settings,
        workspace: call.workspace,
        invitedBy: actorOf(call),
        now: call.now(),
      });
      const details = { role: one.member.role };
      await trace(transaction, call, { action: 'member.invite', object: `member/${one.member.id}`, details });
      return one;
    });
    return jsonAnswer(shownInvitation(invited), 201);
  },
};

export const getMemberRoute: Route = {
  ...common,
  method: 'get',
  path: '/v1/w/{workspace}/members/{member}',
  summary: 'One member',
  params,
  response: memberSchema,
  async handle(input, call) {
    return jsonAnswer(shown(await findMember(controlOf(call).db, call.workspace, input.params.member)));
  },
};

export const putMemberRoute: Route = {
  ...common,
  method: 'put',
  path: '/v1/w/{workspace}/members/{member}',
  summary: 'Gives a member another role or name; the rights of his keys follow at once',
  params,
  body: changeBody,
  response: memberSchema,
  async handle({ params: { member: id }, body }, call) {
    const change = parseWith(changeBody, body, 'the change');
    const { db } = controlOf(call);
    const { scopes } = callerOf(call);
    const done = await db.transaction(async (transaction) => {
      const before = await findMember(transaction, call.workspace, id);
      checkRights(scopes, ROLES[before.role]);
      checkRights(scopes, ROLES[change.role ?? before.role]);
      const one = await changeMember(transaction, call.workspace, id, change);
      const details = { from: before.role, to: one.member.role };
      await trace(transaction, call, { action: 'member.change', object: `member/${id}`, details });
      return one;
    });
    for (const key of done.keys) call.forgetKey?.(key);
    return jsonAnswer(shown(done.member));
  },
};

export const inviteMemberAgainRoute: Route = {
  ...common,
  method: 'post',
  path: '/v1/w/{workspace}/members/{member}/invite',
  summary:
    'Another invitation, shown once: for a member who lost his key, or the first invitation. It ends the one before',
  params,
  status: 201,
  response: invitedSchema,
  async handle({ params: { member: id } }, call) {
    const { db, pepper } = controlOf(call);
    const invited = await db.transaction(async (transaction) => {
      checkRights(callerOf(call).scopes, ROLES[(await findMember(transaction, call.workspace, id)).role]);
      const one = await inviteAgain(transaction, pepper, call.workspace, id, call.now());
      await trace(transaction, call, { action: 'member.invite', object: `member/${id}`, details: { again: true } });
      return one;
    });
    return jsonAnswer(shownInvitation(invited), 201);
  },
};

export const deleteMemberRoute: Route = {
  ...common,
  method: 'delete',
  path: '/v1/w/{workspace}/members/{member}',
  summary: 'Removes a member: his invitation, keys and sessions end at once',
  params,
  response: memberSchema,
  async handle({ params: { member: id } }, call) {
    const { db } = controlOf(call);
    const done = await db.transaction(async (transaction) => {
      checkRights(callerOf(call).scopes, ROLES[(await findMember(transaction, call.workspace, id)).role]);
      const one = await removeMember(transaction, call.workspace, id, call.now());
      await trace(transaction, call, { action: 'member.remove', object: `member/${id}`, details: { keys: one.keys } });
      return one;
    });
    for (const key of done.keys) call.forgetKey?.(key);
    return jsonAnswer(shown(done.member));
  },
};

function shownInvitation({ member, token, expiresAt }: Invitation) {
  return {
    member: shown(member),
    invitation: { address: joinAddress(member.workspace, token), expires_at: expiresAt.toISOString() },
  };
}

function shown(member: Member) {
  return {
    id: member.id,
    email: member.email,
    name: member.name,
    role: member.role,
    state: member.state,
    invited_by: member.invitedBy,
    created_at: member.createdAt.toISOString(),
    invitation_expires_at: member.invitationExpiresAt?.toISOString() ?? null,
    joined_at: member.joinedAt?.toISOString() ?? null,
    removed_at: member.removedAt?.toISOString() ?? null,
  };
}
