import { createApp } from '../../api/app.ts';
import { type ServedRuns, serveRuns } from '../../pipeline/served-runs.ts';
import { type PublishedFolder, publishedFolder } from '../pipeline/published.ts';
import { NOW, UNLIMITED } from './served.ts';
import { testKeys } from './test-keys.ts';

/** The hand-written run of `published.ts` behind the API. */
export interface HandServed {
  folder: PublishedFolder;
  runs: ServedRuns;
  /** questions that readers were asked so far */
  statements(): number;
  ask(path: string, init?: RequestInit): Promise<Response>;
  post(body: unknown, search?: string, headers?: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

export async function handServed(): Promise<HandServed> {
  const folder = publishedFolder();
  await folder.publish('run_one');
  const runs = serveRuns(folder.paths);
  let count = 0;
  const counting: ServedRuns = {
    ...runs,
    as: () => counting,
    use: (run, work) =>
      runs.use(run, (results) =>
        work({
          ...results,
          rows: (sql, parameters) => {
            count++;
            return results.rows(sql, parameters);
          },
          answer: (ask) => {
            count++;
            return results.answer(ask);
          },
        }),
      ),
  };
  const keys = testKeys('hand', NOW);
  const token = keys.make(['read:reports']);
  const app = createApp({ workspace: 'hand', runs: counting, checkKey: keys.check, now: () => NOW, ...UNLIMITED });
  const ask = async (path: string, init: RequestInit = {}) =>
    app.request(path.startsWith('/') ? path : `/v1/w/hand/${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
    });
  return {
    folder,
    runs,
    statements: () => count,
    ask,
    post: (body, search = '', headers = {}) =>
      ask(`query${search}`, {
        method: 'POST',
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    async close() {
      await runs.close();
      folder.remove();
    },
  };
}

export function linkOf(query: unknown, rest = ''): string {
  return `query?q=${Buffer.from(JSON.stringify(query)).toString('base64url')}${rest}`;
}
