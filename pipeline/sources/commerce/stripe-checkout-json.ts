import type { SourceKind } from '../source.ts';

/** Checkout sessions of the Stripe API: one, a list ({ object: "list", data }), lines, or webhook events. They bring no money. */
export const stripeCheckoutJson: SourceKind = {
  kind: 'stripe_checkout_json',
  title: 'Stripe checkout session',
  platform: 'stripe',
  steps: ['file_session', 'file_attribute'],
  streams: ['touch', 'identity_link'],
  format: { type: 'json', recordsAt: ['data'], matches: isSession },
};

function isSession(record: Readonly<Record<string, unknown>>): boolean {
  if (record.object !== 'event') return record.object === 'checkout.session';
  const data = record.data as { object?: { object?: unknown } } | null;
  return data?.object?.object === 'checkout.session';
}
