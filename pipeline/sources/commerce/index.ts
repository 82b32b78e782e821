import type { SourceKind } from '../source.ts';
import { shopifyOrderJson } from './shopify-order-json.ts';
import { shopifyOrdersCsv } from './shopify-orders-csv.ts';
import { shopifyRefundJson } from './shopify-refund-json.ts';

export const commerceSources: readonly SourceKind[] = [shopifyOrdersCsv, shopifyOrderJson, shopifyRefundJson];
