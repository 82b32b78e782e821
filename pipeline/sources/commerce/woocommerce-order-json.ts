import type { SourceKind } from '../source.ts';

/** Orders of the WooCommerce REST API v3: one, a list, or the reply to a batch (its deleted orders are not read). */
export const woocommerceOrderJson: SourceKind = {
  kind: 'woocommerce_order_json',
  title: 'WooCommerce order',
  platform: 'woocommerce',
  steps: ['file_order', 'file_attribute'],
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
  format: { type: 'json', recordsAt: ['create', 'update', 'orders'], matches: isWooCommerceOrder },
};

function isWooCommerceOrder(record: Readonly<Record<string, unknown>>): boolean {
  return 'order_key' in record && 'date_created' in record && 'line_items' in record && 'total' in record;
}
