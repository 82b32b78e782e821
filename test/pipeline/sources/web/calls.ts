import type { Receipt } from '../../../../pipeline/ingest.ts';
import type { TestWorkspace } from '../../../helpers.ts';

export type Row = Record<string, string | null>;

/** Reads calls into sources of their own, so that one workspace serves all tests of a file; rows come from that batch alone. */
export function reader(open: () => TestWorkspace) {
  let source = 0;
  return {
    async read(
      content: string | object,
      options: Record<string, string> = {},
    ): Promise<{ receipt: Receipt; rows: (stream: string, columns?: string, order?: string) => Promise<Row[]> }> {
      const text = typeof content === 'string' ? content : JSON.stringify(content);
      const receipt = await open().ingestText(text, {
        source: `web${++source}`,
        options: { shop: 'shop', ...options },
      });
      return {
        receipt,
        rows: (stream, columns = '*', order = 'line_no') =>
          open().warehouse.rows<Row>(`select ${columns} from raw.${stream} where batch_id = $batch order by ${order}`, {
            batch: receipt.batch_id,
          }),
      };
    },
    key: (kind: string, value: string) =>
      open().warehouse.value<string>('select person_key($kind, $value)', { kind, value }),
  };
}

export const page = (fields: object = {}) => ({
  type: 'page',
  messageId: 'p-1',
  anonymousId: 'a-1',
  timestamp: '2026-03-01T10:00:00.000Z',
  properties: { url: 'https://shop.example/sale?utm_source=X&utm_medium=social', referrer: 'https://t.co/abc' },
  ...fields,
});

export const completed = (properties: object = {}, fields: object = {}) => ({
  type: 'track',
  event: 'Order Completed',
  messageId: 'o-1',
  userId: 'u-1',
  anonymousId: 'a-1',
  timestamp: '2026-03-02T10:00:00.000Z',
  properties: { order_id: '77', total: '120.00', tax: 20, shipping: 5, discount: 10, currency: 'eur', ...properties },
  ...fields,
});
