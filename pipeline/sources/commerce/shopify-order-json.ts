import type { SourceKind } from '../source.ts';

/** Orders as the Shopify REST API and the orders/* webhooks send them: bare, in an array, as { orders } or { order }. */
export const shopifyOrderJson: SourceKind = {
  kind: 'shopify_order_json',
  title: 'Shopify order (REST or webhook)',
  platform: 'shopify',
  steps: ['file_order', 'file_attribute', 'file_refund'],
  streams: [
    'orders',
    'order_line',
    'order_discount',
    'order_attribute',
    'refund',
    'refund_line',
    'money_event',
    'touch',
    'identity_link',
  ],
  format: { type: 'json', recordsAt: ['orders'], matches: isShopifyOrder },
};

function isShopifyOrder(record: Readonly<Record<string, unknown>>): boolean {
  const order = (isObject(record.order) ? record.order : record) as Record<string, unknown>;
  return 'total_price' in order && 'financial_status' in order && 'line_items' in order;
}

function isObject(value: unknown): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
