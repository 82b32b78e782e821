import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../pipeline/config.ts';
import { ROOT } from './cli/shell.ts';

const docs = join(ROOT, 'docs');
const pages = readdirSync(docs, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md'));

type Node = { def: Record<string, unknown> & { type: string }; shape?: Record<string, Node> };

/** Every setting as it is written in the page: `limits.memory_bytes`, `sources[].id`. */
function settings(schema: unknown, path = ''): string[] {
  const node = schema as Node;
  const inner = node.def.innerType ?? node.def.in;
  if (inner !== undefined) return settings(inner, path);
  if (node.def.type === 'array' && hasShape(node.def.element)) return settings(node.def.element, `${path}[]`);
  if (node.shape === undefined) return [path];
  return Object.entries(node.shape).flatMap(([key, value]) => settings(value, path === '' ? key : `${path}.${key}`));
}

function hasShape(schema: unknown): boolean {
  return (schema as Node).shape !== undefined;
}

describe('the pages', () => {
  it('name every setting of liftproof.yaml, and none that is not there', () => {
    const known = settings(configSchema);
    expect(known).toContain('models.position.first');
    expect(known).toContain('sources[].time_zone');
    const running = readFileSync(join(docs, 'running.md'), 'utf8');
    const table = running
      .slice(running.indexOf('## Settings'))
      .split('\n')
      .filter((line) => line.startsWith('| `'));
    const named = table.flatMap((line) => [...line.split('|')[1].matchAll(/`([^`]+)`/g)].map((match) => match[1]));
    expect(known.filter((key) => !named.includes(key))).toEqual([]);
    expect(named.filter((key) => !known.includes(key))).toEqual([]);
  });

  it('are all in the index', () => {
    const index = readFileSync(join(docs, 'README.md'), 'utf8');
    expect(pages.filter((page) => page !== 'README.md' && !index.includes(`(${page})`))).toEqual([]);
  });

  it.each(pages)('%s links to pages that are there', (page) => {
    const text = readFileSync(join(docs, page), 'utf8').replace(/^```.*?^```/gms, '');
    const targets = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1]);
    const dead = targets.filter((target) => !/^[a-z]+:/.test(target) && !existsSync(join(docs, dirname(page), target)));
    expect(dead).toEqual([]);
  });
});
