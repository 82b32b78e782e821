import type { SourceKind } from '../source.ts';

/** Refunds as the Shopify REST API and the refunds/create webhook send them: bare, in an array, as { refunds } or { refund }. */
export const shopifyRefundJson: SourceKind = {
  kind: 'shopify_refund_json',
  title: 'Shopify refund (REST or webhook)',
  platform: 'shopify',
  steps: ['file_refund'],
  streams: ['refund', 'refund_line', 'money_event'],
  format: { type: 'json', recordsAt: ['refunds'], matches: isShopifyRefund },
};

function isShopifyRefund(record: Readonly<Record<string, unknown>>): boolean {
  const refund = (record.refund ?? record) as Record<string, unknown>;
  return 'order_id' in refund && 'refund_line_items' in refund;
}
