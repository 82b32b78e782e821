import { z } from '@hono/zod-openapi';
import {
  createShareLink,
  findShareLink,
  hasEnded,
  listShareLinks,
  MAX_SHARE_DAYS,
  revokeShareLink,
  SHARED_REPORTS,
  type ShareLink,
} from '../../pipeline/control/share-links.ts';
import { parseWith } from '../../pipeline/query-schema.ts';
import { shareAddress } from '../links.ts';
import { jsonAnswer } from '../lists.ts';
import { type Call, controlOf, type Route } from '../route.ts';
import { actorOf, trace } from '../trace.ts';

export const linkSchema = z
  .strictObject({
    id: z.string(),
    name: z.string(),
    report: z.enum(SHARED_REPORTS),
    address: z
      .string()
      .nullable()
      .openapi({ description: 'where it is read, on this server; needs no key. null when it has ended' }),
    created_by: z.string(),
    created_at: z.string(),
    expires_at: z.string(),
    revoked_at: z.string().nullable(),
    last_used_at: z.string().nullable(),
  })
  .openapi('ShareLink');
export const linkBody = z
  .strictObject({
    name: z.string().min(1).max(100).openapi({ example: 'Spring, for the board' }),
    report: z.enum(SHARED_REPORTS),
    days: z.number().positive().max(MAX_SHARE_DAYS).default(30),
  })
  .openapi('ShareLinkRequest');
const params = z.object({ link: z.string() });
const common = { scope: 'admin', tag: 'administration', needsControl: true } as const;

export const listShareLinksRoute: Route = {
  ...common,
  method: 'get',
  path: '/v1/w/{workspace}/share-links',
  summary: 'Pages that are open to whoever has their address, ended ones included',
  response: z.strictObject({ data: z.array(linkSchema) }),
  async handle(_input, call) {
    const links = await listShareLinks(controlOf(call).db, call.workspace);
    return jsonAnswer({ data: links.map((link) => shown(call, link)) });
  },
};

export const postShareLinkRoute: Route = {
  ...common,
  method: 'post',
  path: '/v1/w/{workspace}/share-links',
  summary: 'Opens one page to whoever has its address: the answer, or credit by channel or campaign',
  description:
    'The page shows the run that is served when it is opened. Rows of fewer than 50 persons (privacy.shared_k) are summed; nothing else of the workspace can be reached from it.',
  body: linkBody,
  status: 201,
  response: linkSchema,
  async handle({ body }, call) {
    const settings = parseWith(linkBody, body, 'the share link');
    const { db } = controlOf(call);
    const link = await db.transaction(async (transaction) => {
      const made = await createShareLink(transaction, {
        ...settings,
        workspace: call.workspace,
        createdBy: actorOf(call),
        now: call.now(),
      });
      const details = { report: made.report, expires_at: made.expiresAt.toISOString() };
      await trace(transaction, call, { action: 'share_link.create', object: `share-link/${made.id}`, details });
      return made;
    });
    return jsonAnswer(shown(call, link), 201);
  },
};

export const getShareLinkRoute: Route = {
  ...common,
  method: 'get',
  path: '/v1/w/{workspace}/share-links/{link}',
  summary: 'One share link',
  params,
  response: linkSchema,
  async handle(input, call) {
    return jsonAnswer(shown(call, await findShareLink(controlOf(call).db, call.workspace, input.params.link)));
  },
};

export const deleteShareLinkRoute: Route = {
  ...common,
  method: 'delete',
  path: '/v1/w/{workspace}/share-links/{link}',
  summary: 'Ends a share link; caches between the server and its readers may show it for another minute',
  params,
  response: linkSchema,
  async handle(input, call) {
    const link = await controlOf(call).db.transaction(async (transaction) => {
      const ended = await revokeShareLink(transaction, call.workspace, input.params.link, call.now());
      await trace(transaction, call, { action: 'share_link.revoke', object: `share-link/${ended.id}` });
      return ended;
    });
    return jsonAnswer(shown(call, link));
  },
};

function shown(call: Call, link: ShareLink) {
  return {
    id: link.id,
    name: link.name,
    report: link.report,
    address: hasEnded(link, call.now()) ? null : shareAddress(controlOf(call).pepper, link),
    created_by: link.createdBy,
    created_at: link.createdAt.toISOString(),
    expires_at: link.expiresAt.toISOString(),
    revoked_at: link.revokedAt?.toISOString() ?? null,
    last_used_at: link.lastUsedAt?.toISOString() ?? null,
  };
}
