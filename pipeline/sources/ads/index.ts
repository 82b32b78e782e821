import type { SourceKind } from '../source.ts';

export const adSources: readonly SourceKind[] = [];
