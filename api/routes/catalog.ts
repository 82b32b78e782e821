import { catalogOf } from '../../pipeline/catalog.ts';
import { MEDIA_TYPES } from '../../pipeline/encode-table.ts';
import { answerJson } from '../answer.ts';
import { chooseFormat, DEFAULT_ROWS, ROW_LIMITS, TABLE_FORMATS } from '../negotiate.ts';
import type { Route } from '../route.ts';
import { catalogSchema } from '../schema.ts';

const FORMATS = TABLE_FORMATS.map((id) => ({
  id,
  media_type: MEDIA_TYPES[id],
  max_rows: ROW_LIMITS[id],
  default_rows: DEFAULT_ROWS[id],
}));

export const catalogRoute: Route = {
  method: 'get',
  path: '/v1/w/{workspace}/catalog',
  scope: 'read:reports',
  tag: 'reports',
  summary: 'What can be asked: metrics with their formulas, dimensions, and what the run published',
  response: catalogSchema,
  async handle(_input, call) {
    chooseFormat(undefined, call.headers.get('accept') ?? undefined, ['json']);
    return call.runs.use(undefined, (results) =>
      answerJson(call, results, 'catalog', false, async () => ({ ...(await catalogOf(results)), formats: FORMATS })),
    );
  },
};
