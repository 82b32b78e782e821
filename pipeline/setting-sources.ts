import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Workspace } from './workspace.ts';

/** A setting with the place its value comes from. */
export interface SettingSource {
  setting: string;
  value: unknown;
  source: 'liftproof.yaml' | 'default';
}

/** Every setting of a workspace by its dotted name; lists and maps of names are one setting. */
export function settingSources({ config, paths }: Pick<Workspace, 'config' | 'paths'>): SettingSource[] {
  const given: unknown = parse(readFileSync(paths.config, 'utf8')) ?? {};
  const out: SettingSource[] = [];
  const visit = (value: unknown, written: unknown, path: readonly string[]): void => {
    const isGroup = value !== null && typeof value === 'object' && !Array.isArray(value);
    if (isGroup && path.length < 2) {
      for (const [key, part] of Object.entries(value)) visit(part, partOf(written, key), [...path, key]);
      return;
    }
    if (value === undefined) return;
    out.push({ setting: path.join('.'), value, source: written === undefined ? 'default' : 'liftproof.yaml' });
  };
  visit(config, given, []);
  return out;
}

function partOf(value: unknown, key: string): unknown {
  return value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined;
}
