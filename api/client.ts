import type { z } from '@hono/zod-openapi';
import type { planSchema } from '../pipeline/plans/plan-schema.ts';
import type { jobSchema } from './routes/jobs.ts';
import type { inviteBody, invitedSchema, memberSchema } from './routes/members.ts';
import type { linkBody, linkSchema } from './routes/share-links.ts';
import type { answerSchema, catalogSchema, manifestSchema, queryBodySchema, reportSchema } from './schema.ts';

export type ApiQuery = z.input<typeof queryBodySchema>;
export type ApiAnswer = z.output<typeof answerSchema>;
export type ApiCatalog = z.output<typeof catalogSchema>;
export type ApiReport = z.output<typeof reportSchema>;
export type ApiManifest = z.output<typeof manifestSchema>;
export type ApiJob = z.output<typeof jobSchema>;

export type ApiShareLink = z.output<typeof linkSchema>;
export type ApiShareLinkRequest = z.input<typeof linkBody>;
export type ApiMember = z.output<typeof memberSchema>;
export type ApiMemberRequest = z.input<typeof inviteBody>;
export type ApiInvitation = z.output<typeof invitedSchema>;
export type ApiPlan = z.input<typeof planSchema>;

export interface ClientOptions {
  /** such as http://127.0.0.1:8787 */
  url: string;
  workspace: string;
  /** lp_live_... */
  key: string;
  /** for tests, and for a fetch with a proxy */
  fetch?: typeof fetch;
  /** attempts at a request that the server could not take just now; 3 when absent */
  attempts?: number;
}

/** A problem that the server answered with (RFC 9457). */
export class ApiProblem extends Error {
  readonly status: number;
  /** such as `unknown_metric` */
  readonly code: string;
  /** wrong places of the request */
  readonly errors: readonly { pointer?: string; parameter?: string; detail: string }[];
  /** finds it in the log of the server */
  readonly requestId: string;

  constructor(body: {
    status: number;
    code: string;
    detail: string;
    errors?: ApiProblem['errors'];
    request_id: string;
  }) {
    super(body.detail);
    this.name = 'ApiProblem';
    this.status = body.status;
    this.code = body.code;
    this.errors = body.errors ?? [];
    this.requestId = body.request_id;
  }
}

/** The HTTP API of one workspace, typed. Runs wherever there is `fetch`. */
export interface Client {
  catalog(): Promise<ApiCatalog>;
  query(query: ApiQuery): Promise<ApiAnswer>;
  /** every row of an answer, page by page, all of one run */
  rows(query: ApiQuery): AsyncGenerator<ApiAnswer['data'][number]>;
  report(name: string, options?: Record<string, string | number>): Promise<ApiReport>;
  manifest(run?: string): Promise<ApiManifest>;
  /** sends a file; the same bytes again add nothing */
  upload(
    stream: string,
    file: string | Uint8Array,
    mediaType: string,
    options?: Record<string, string>,
  ): Promise<ApiJob>;
  /** begins a run */
  run(options?: { models?: string[] }): Promise<ApiJob>;
  /** opens a page to whoever has its address */
  share(link: ApiShareLinkRequest): Promise<ApiShareLink>;
  /** every share link, ended ones included */
  shareLinks(): Promise<ApiShareLink[]>;
  unshare(id: string): Promise<ApiShareLink>;
  /** invites somebody; the address of the invitation is given once */
  invite(member: ApiMemberRequest): Promise<ApiInvitation>;
  members(): Promise<ApiMember[]>;
  changeMember(id: string, change: { role?: ApiMember['role']; name?: string }): Promise<ApiMember>;
  removeMember(id: string): Promise<ApiMember>;
  /** designs a test; the result of the job is the plan */
  plan(asked: ApiPlan): Promise<ApiJob>;
  job(id: string): Promise<ApiJob>;
  /** waits until a job has ended, well or not */
  ended(job: ApiJob, options?: { pollMs?: number; signal?: AbortSignal }): Promise<ApiJob>;
  /** any other address of the workspace. @throws ApiProblem */
  request<T>(method: string, path: string, body?: unknown): Promise<T>;
}

/** A client of the HTTP API. Every method throws `ApiProblem` for what the server refuses. */
export function createClient(options: ClientOptions): Client {
  const send = options.fetch ?? fetch;
  const base = `${options.url.replace(/\/$/, '')}/v1/w/${encodeURIComponent(options.workspace)}`;

  const exchange = async <T>(
    method: string,
    path: string,
    body?: RequestInit['body'],
    mediaType?: string,
  ): Promise<T> => {
    const headers: Record<string, string> = { authorization: `Bearer ${options.key}`, accept: 'application/json' };
    if (mediaType !== undefined) headers['content-type'] = mediaType;
    // one for all attempts: however often it is sent, it takes effect once
    if (method === 'POST') headers['idempotency-key'] = crypto.randomUUID();
    for (let attempt = 1; ; attempt++) {
      const response = await send(`${base}/${path}`, { method, headers, body });
      if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
      const problem = (await response.json()) as ConstructorParameters<typeof ApiProblem>[0] & { retryable: boolean };
      if (!problem.retryable || attempt >= (options.attempts ?? 3)) throw new ApiProblem(problem);
      const wait = Number(response.headers.get('retry-after') ?? 1);
      await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    }
  };
  const request = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    body === undefined ? exchange(method, path) : exchange(method, path, JSON.stringify(body), 'application/json');
  const query = (asked: ApiQuery): Promise<ApiAnswer> => request('POST', 'query', asked);
  const search = (given: Record<string, string | number> = {}): string => {
    const text = new URLSearchParams(
      Object.entries(given).map(([name, value]): [string, string] => [name, String(value)]),
    ).toString();
    return text === '' ? '' : `?${text}`;
  };

  return {
    request,
    query,
    catalog: () => request('GET', 'catalog'),
    async *rows(asked) {
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const answer: ApiAnswer = await query({ ...asked, page: { ...asked.page, cursor } });
        yield* answer.data;
        cursor = answer.page.next_cursor;
      }
    },
    report: (name, given) => request('GET', `reports/${encodeURIComponent(name)}${search(given)}`),
    manifest: (run = 'current') => request('GET', `runs/${encodeURIComponent(run)}/manifest`),
    async upload(stream, file, mediaType, given) {
      const path = `ingest/${encodeURIComponent(stream)}${search(given)}`;
      return (await exchange<{ job: ApiJob }>('POST', path, file as RequestInit['body'], mediaType)).job;
    },
    share: (link) => request('POST', 'share-links', link),
    shareLinks: async () => (await request<{ data: ApiShareLink[] }>('GET', 'share-links')).data,
    unshare: (id) => request('DELETE', `share-links/${encodeURIComponent(id)}`),
    invite: (member) => request('POST', 'members', member),
    members: async () => (await request<{ data: ApiMember[] }>('GET', 'members')).data,
    changeMember: (id, change) => request('PUT', `members/${encodeURIComponent(id)}`, change),
    removeMember: (id) => request('DELETE', `members/${encodeURIComponent(id)}`),
    plan: async (asked) => (await request<{ job: ApiJob }>('POST', 'plans', asked)).job,
    run: async (given = {}) => (await request<{ job: ApiJob }>('POST', 'runs', given)).job,
    job: (id) => request('GET', `jobs/${encodeURIComponent(id)}`),
    async ended(job, { pollMs = 1000, signal } = {}) {
      for (let now = job; ; now = await request('GET', `jobs/${encodeURIComponent(job.id)}`)) {
        signal?.throwIfAborted();
        if (now.state !== 'queued' && now.state !== 'running') return now;
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
    },
  };
}
