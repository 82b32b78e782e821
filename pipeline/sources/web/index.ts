import type { SourceKind } from '../source.ts';
import { segmentBatch } from './segment-batch.ts';

export const webSources: readonly SourceKind[] = [segmentBatch];
