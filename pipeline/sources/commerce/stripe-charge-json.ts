import type { SourceKind } from '../source.ts';

/** Charges, refunds and disputes of the Stripe API: one, a list ({ object: "list", data }), lines, or webhook events. */
export const stripeChargeJson: SourceKind = {
  kind: 'stripe_charge_json',
  title: 'Stripe charge, refund or dispute',
  platform: 'stripe',
  steps: ['file_object', 'file_charge', 'file_refund', 'file_dispute', 'file_attribute'],
  streams: ['orders', 'order_attribute', 'refund', 'money_event', 'touch', 'identity_link'],
  format: { type: 'json', recordsAt: ['data'], matches: isStripeObject },
};

const OBJECTS = ['charge', 'refund', 'dispute'];

function isStripeObject(record: Readonly<Record<string, unknown>>): boolean {
  if (record.object !== 'event') return OBJECTS.includes(String(record.object)) && 'amount' in record;
  const data = record.data as { object?: { object?: unknown } } | null;
  return OBJECTS.includes(String(data?.object?.object));
}
