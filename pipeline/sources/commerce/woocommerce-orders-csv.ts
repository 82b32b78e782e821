import type { SourceKind } from '../source.ts';

/** Lines that are read of one order; an order with more is refused. */
const LINES = 200;

const attribution = (name: string): [string, string[]] => [
  `attribution_${name}`,
  [`meta:_wc_order_attribution_${name}`, `_wc_order_attribution_${name}`],
];

/**
 * The order export of WooCommerce's export plugins (Order Export & Order Import, Import Export Suite): one row an order, its lines in
 * numbered columns, meta data in `meta:` columns.
 */
export const woocommerceOrdersCsv: SourceKind = {
  kind: 'woocommerce_orders_csv',
  title: 'WooCommerce order export',
  platform: 'woocommerce',
  sharesSqlOf: 'woocommerce_order_json',
  steps: ['file_order', 'file_attribute'],
  streams: ['orders', 'order_line', 'order_discount', 'order_attribute', 'money_event', 'touch', 'identity_link'],
  needs: ['time_zone'],
  format: {
    type: 'csv',
    columns: {
      order_id: ['order_id'],
      order_number: ['order_number', 'order_number_formatted'],
      order_date: ['order_date'],
      paid_date: ['paid_date'],
      status: ['status', 'order_status'],
      order_currency: ['order_currency'],
      order_total: ['order_total'],
      order_subtotal: ['order_subtotal'],
      discount_total: ['discount_total'],
      shipping_total: ['shipping_total'],
      tax_total: ['tax_total'],
      fee_total: ['fee_total'],
      customer_id: ['customer_id', 'customer_user'],
      customer_email: ['customer_email'],
      billing_email: ['billing_email'],
      billing_country: ['billing_country'],
      billing_state: ['billing_state'],
      shipping_country: ['shipping_country'],
      shipping_state: ['shipping_state'],
      payment_method: ['payment_method'],
      transaction_id: ['transaction_id'],
      coupon_items: ['coupon_items'],
      refund_items: ['refund_items'],
      test_mode: ['meta:_wcpay_mode', '_wcpay_mode'],
      ...Object.fromEntries(
        [
          'source_type',
          'utm_source',
          'utm_medium',
          'utm_campaign',
          'utm_term',
          'utm_content',
          'utm_id',
          'referrer',
          'session_entry',
          'session_start_time',
          'session_pages',
          'session_count',
          'device_type',
        ].map(attribution),
      ),
      ...Object.fromEntries(
        Array.from({ length: LINES + 1 }, (_, i) => [`line_item_${i + 1}`, [`line_item_${i + 1}`]]),
      ),
    },
    required: ['order_id', 'order_date', 'status', 'order_total', 'order_currency'],
  },
};
