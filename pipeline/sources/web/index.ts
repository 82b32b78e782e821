import type { SourceKind } from '../source.ts';

export const webSources: readonly SourceKind[] = [];
