import { z } from '@hono/zod-openapi';
import { MEDIA_TYPES } from '../../pipeline/encode-table.ts';
import { checkLocked, makeRoiPack, manifestText, ROI_FORMATS, type RoiPack } from '../../pipeline/export-roi.ts';
import { reportedPeriod } from '../../pipeline/finance/periods.ts';
import { jsonAnswer } from '../lists.ts';
import { COSTS } from '../rate-limit.ts';
import { type Call, controlOf, type Route } from '../route.ts';
import { basis, orConflict, periodName } from './finance.ts';

const packQuery = z.strictObject({
  basis: basis.optional().openapi({ description: 'order_date when absent; a locked period has its own' }),
  file: z
    .enum([...ROI_FORMATS, 'manifest'])
    .optional()
    .openapi({ description: 'the bytes of this file, in place of the list' }),
});

/** The finance pack of a period: what `export roi` writes, by HTTP. */
export const financePackRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/periods/{period}/pack',
  scope: 'finance:read',
  tag: 'finance',
  summary: 'The finance pack of a period: ROI table as XLSX, CSV and Parquet, and its manifest',
  description:
    'A locked period gives the files that were locked, byte for byte; with `file`, the bytes of one of them.',
  needsControl: true,
  params: z.object({ period: periodName.openapi({ example: '2026-07' }) }),
  query: packQuery,
  response: z
    .strictObject({
      period: z.string(),
      state: z.string(),
      version: z.number().int(),
      run: z.string(),
      run_hash: z.string(),
      basis,
      currency: z.string(),
      control_totals: z.record(z.string(), z.string().nullable()),
      files: z.array(
        z.strictObject({
          name: z.string(),
          sha256: z.string(),
          rows: z.number().int(),
          bytes: z.number().int(),
          href: z.string(),
        }),
      ),
      manifest: z.string().openapi({ description: 'address of manifest.json' }),
    })
    .openapi('FinancePack'),
  async handle({ params: { period }, query }, call) {
    const asked = query as z.output<typeof packQuery>;
    call.charge(COSTS.export - COSTS.cached);
    const pack = await packOf(call, period, asked.basis);
    return asked.file === undefined ? jsonAnswer(listed(call, pack)) : fileAnswer(pack, asked.file);
  },
};

async function packOf(call: Call, period: string, asked: 'order_date' | 'event_date' | undefined): Promise<RoiPack> {
  const { db } = controlOf(call);
  const found = await call.runs.use(undefined, (results) => reportedPeriod(db, call.workspace, period, results, asked));
  return call.runs.use(found.run, async (results) => {
    const pack = await makeRoiPack(results, {
      period,
      basis: found.basis,
      formats: ROI_FORMATS,
      reported: found.reported,
    });
    await orConflict(async () => checkLocked(pack, found.files), 'damaged');
    return pack;
  });
}

function listed(call: Call, { manifest }: RoiPack) {
  const { period, basis, control_totals, currency, run, run_hash, state, version } = manifest;
  const address = (file: string): string =>
    `/v1/w/${call.workspace}/periods/${period}/pack?basis=${basis}&file=${file}`;
  const files = manifest.files.map((file) => ({
    ...file,
    href: address(file.name.slice(file.name.lastIndexOf('.') + 1)),
  }));
  return {
    period,
    state,
    version,
    run,
    run_hash,
    basis,
    currency,
    control_totals,
    files,
    manifest: address('manifest'),
  };
}

function fileAnswer({ files, manifest }: RoiPack, asked: string): Response {
  if (asked === 'manifest') return download('manifest.json', 'application/json', Buffer.from(manifestText(manifest)));
  const { name, bytes } = files.find((file) => file.name.endsWith(`.${asked}`))!;
  const { sha256 } = manifest.files.find((file) => file.name === name)!;
  return download(name, MEDIA_TYPES[asked as keyof typeof MEDIA_TYPES], bytes, sha256);
}

function download(name: string, type: string, bytes: Uint8Array, sha256?: string): Response {
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: {
      'content-type': type,
      'content-length': String(bytes.length),
      'content-disposition': `attachment; filename="${name}"`,
      ...(sha256 === undefined ? {} : { 'repr-digest': `sha-256=:${Buffer.from(sha256, 'hex').toString('base64')}:` }),
      'cache-control': 'private, no-store',
    },
  });
}
