import type { SourceKind } from '../source.ts';
import { shopifyFivetran } from './shopify-fivetran.ts';
import { shopifyOrderGraphql } from './shopify-order-graphql.ts';
import { shopifyOrderJson } from './shopify-order-json.ts';
import { shopifyOrdersCsv } from './shopify-orders-csv.ts';
import { shopifyRefundJson } from './shopify-refund-json.ts';
import { stripeChargeJson } from './stripe-charge-json.ts';
import { stripeChargesCsv } from './stripe-charges-csv.ts';
import { stripeCheckoutJson } from './stripe-checkout-json.ts';
import { woocommerceOrderJson } from './woocommerce-order-json.ts';
import { woocommerceOrdersCsv } from './woocommerce-orders-csv.ts';

export const commerceSources: readonly SourceKind[] = [
  shopifyOrdersCsv,
  shopifyOrderJson,
  shopifyOrderGraphql,
  shopifyRefundJson,
  ...shopifyFivetran,
  woocommerceOrderJson,
  woocommerceOrdersCsv,
  stripeChargesCsv,
  stripeChargeJson,
  stripeCheckoutJson,
];
