import type { SourceKind } from '../source.ts';

/** The charge table that Fivetran makes of Stripe: minor units, UTC without an offset. */
export const stripeChargesCsv: SourceKind = {
  kind: 'stripe_charges_csv',
  title: 'Stripe charge table',
  platform: 'stripe',
  sharesSqlOf: 'stripe_charge_json',
  steps: ['file_charge', 'file_attribute'],
  streams: ['orders', 'order_attribute', 'refund', 'money_event', 'touch', 'identity_link'],
  format: {
    type: 'csv',
    columns: {
      id: ['id'],
      created: ['created'],
      currency: ['currency'],
      amount: ['amount'],
      amount_captured: ['amount_captured'],
      amount_refunded: ['amount_refunded'],
      status: ['status'],
      captured: ['captured'],
      livemode: ['livemode'],
      paid: ['paid'],
      customer_id: ['customer_id', 'customer'],
      receipt_email: ['receipt_email'],
      metadata: ['metadata'],
      shipping_country: ['shipping_address_country'],
      shipping_state: ['shipping_address_state'],
      payment_intent_id: ['payment_intent_id', 'payment_intent'],
      balance_transaction_id: ['balance_transaction_id', 'balance_transaction'],
    },
    required: ['id', 'created', 'currency', 'amount', 'status', 'captured', 'livemode'],
  },
};
