import type { SourceKind } from '../source.ts';
import { ga4EventsCsv } from './ga4-events-csv.ts';
import { ga4EventsJson } from './ga4-events-json.ts';
import { segmentBatch } from './segment-batch.ts';
import { segmentPages } from './segment-pages.ts';

export const webSources: readonly SourceKind[] = [segmentBatch, segmentPages, ga4EventsCsv, ga4EventsJson];
