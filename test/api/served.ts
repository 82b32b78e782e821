import { type AppOptions, createApp } from '../../api/app.ts';
import type { Manifest } from '../../pipeline/publish.ts';
import { run } from '../../pipeline/run.ts';
import { type ServedRunsOptions, serveRuns } from '../../pipeline/served-runs.ts';
import { type TestWorkspace, testWorkspace } from '../helpers.ts';
import { ingestRows, MARKET_CONFIG, marketRows } from '../pipeline/market.ts';
import { type TestKeys, testKeys } from './test-keys.ts';

export const NOW = new Date('2026-07-01T00:00:00Z');

/** Tests ask more than a caller may. */
export const UNLIMITED = { pointsPerMinute: 1e9, failuresPerMinute: 1e9 };

/** A small published market behind the API, without a port. */
export interface Served {
  app: ReturnType<typeof createApp>;
  workspace: TestWorkspace;
  manifest: Manifest;
  token: string;
  keys: TestKeys;
  internal: unknown[];
  /** asks with the key; a path without /v1 is under the workspace */
  ask(path: string, init?: RequestInit): Promise<Response>;
  query(body: unknown, search?: string): Promise<Response>;
  close(): Promise<void>;
}

/** Spend, whose channels and campaigns meet those of the market. */
const SPEND = [
  'spend_date,platform,account_id,level,entity_id,campaign_native_id,campaign_name,spend,currency,impressions,clicks_link',
].concat(
  ['2026-01-10', '2026-01-20', '2026-02-03'].map(
    (day, i) => `${day},google,a,campaign,1,1,Brand,${10 + i}.25,EUR,${1000 * (i + 1)},${40 + i}`,
  ),
);

export async function served(
  options: { app?: Partial<AppOptions>; runs?: ServedRunsOptions; isPublished?: boolean } = {},
): Promise<Served> {
  const workspace = await testWorkspace(MARKET_CONFIG);
  await ingestRows(workspace, marketRows(7, 24), 'a');
  await workspace.ingestText(`${SPEND.join('\n')}\n`, { as: 'plain_spend_daily', name: 'spend.csv' });
  const manifest = options.isPublished === false ? undefined : (await run(workspace, { now: NOW })).manifest;
  const runs = serveRuns(workspace.paths, options.runs);
  const internal: unknown[] = [];
  const keys = testKeys('market', NOW);
  const app = createApp({
    workspace: 'market',
    runs,
    checkKey: keys.check,
    ...UNLIMITED,
    now: () => NOW,
    onInternalError: (error) => internal.push(error),
    ...options.app,
  });
  const token = keys.make(['read:reports', 'read:ops']);
  const ask = async (path: string, init: RequestInit = {}) =>
    app.request(path.startsWith('/v1') ? path : `/v1/w/market/${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
    });
  return {
    app,
    workspace,
    manifest: manifest as Manifest,
    token,
    keys,
    internal,
    ask,
    query: (body, search = '') =>
      ask(`query${search}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
      }),
    async close() {
      await runs.close();
      workspace.close();
    },
  };
}
