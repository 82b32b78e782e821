import type { SourceKind } from '../source.ts';

/** Orders of Shopify's GraphQL Admin API: an answer, its orders, or the lines of a bulk operation with their child rows. */
export const shopifyOrderGraphql: SourceKind = {
  kind: 'shopify_order_graphql',
  title: 'Shopify order (GraphQL)',
  platform: 'shopify',
  steps: ['file_record', 'file_order', 'file_line', 'file_attribute', 'file_visit'],
  streams: [
    'orders',
    'order_line',
    'order_discount',
    'order_attribute',
    'refund',
    'money_event',
    'touch',
    'identity_link',
  ],
  format: { type: 'json', matches: isGraphqlOrder },
};

interface Answer {
  id?: unknown;
  totalPriceSet?: unknown;
  data?: { order?: unknown; orders?: { nodes?: unknown; edges?: unknown } };
  orders?: { nodes?: unknown; edges?: unknown };
}

function isGraphqlOrder(record: Readonly<Record<string, unknown>>): boolean {
  const { id, totalPriceSet, data, orders } = record as Answer;
  if (typeof id === 'string' && id.startsWith('gid://shopify/Order/')) return totalPriceSet !== undefined;
  const connection = data?.orders ?? orders;
  return Boolean(data?.order) || Array.isArray(connection?.nodes) || Array.isArray(connection?.edges);
}
