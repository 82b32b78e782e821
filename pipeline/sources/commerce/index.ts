import type { SourceKind } from '../source.ts';
import { shopifyOrdersCsv } from './shopify-orders-csv.ts';

export const commerceSources: readonly SourceKind[] = [shopifyOrdersCsv];
