import type { SourceKind } from '../source.ts';

export const commerceSources: readonly SourceKind[] = [];
