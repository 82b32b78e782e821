import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** A folder may import from itself and from those after it. */
const LAYERS = ['cli', 'api', 'pipeline', 'models'] as const;
type Layer = (typeof LAYERS)[number];

interface Source {
  /** path from the root */
  path: string;
  layer: Layer;
  /** without comments */
  code: string;
  /** modules by name, or paths from the root for files */
  imports: string[];
}

const SOURCES: readonly Source[] = LAYERS.flatMap((layer) => {
  const files = existsSync(join(ROOT, layer)) ? filesUnder(layer) : [];
  const door = `${layer}.ts`;
  return [...files, ...(existsSync(join(ROOT, door)) ? [door] : [])]
    .filter((path) => /\.(?:ts|tsx|mjs)$/.test(path))
    .map((path) => sourceOf(path, layer));
});

function filesUnder(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).flatMap((name) => {
    const path = `${folder}/${name}`;
    return statSync(join(ROOT, path)).isDirectory() ? filesUnder(path) : [path];
  });
}

function sourceOf(path: string, layer: Layer): Source {
  const code = readFileSync(join(ROOT, path), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
  return { path, layer, code, imports: importsOf(path, code) };
}

/** `import ... from`, `export ... from`, `import '...'`, `import('...')` and `new URL('./...', import.meta.url)`. */
function importsOf(path: string, code: string): string[] {
  const found = [...code.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*|\bnew URL\(\s*)['"]([^'"\s]+)['"]/g)].map(
    (match) => match[1],
  );
  return found.map((name) => (name.startsWith('.') ? relative(ROOT, resolve(dirname(join(ROOT, path)), name)) : name));
}

const layerOf = (path: string): Layer | undefined =>
  LAYERS.find((layer) => path === `${layer}.ts` || path.startsWith(`${layer}/`));

/** What breaks a rule, as `file: what`. */
function breaches(of: (source: Source) => readonly string[]): string[] {
  return SOURCES.flatMap((source) => of(source).map((what) => `${source.path}: ${what}`));
}

describe('the house', () => {
  it('is found', () => {
    for (const layer of LAYERS) expect(SOURCES.filter((source) => source.layer === layer).length).toBeGreaterThan(5);
    // the reading of imports sees something in every layer that has to import
    expect(SOURCES.find((source) => source.path === 'pipeline/build.ts')!.imports).toContain('pipeline/warehouse.ts');
    expect(SOURCES.find((source) => source.path === 'pipeline/warehouse.ts')!.imports).toContain('@duckdb/node-api');
  });

  it('imports one way only: cli, api, pipeline, models', () => {
    expect(
      breaches((source) =>
        source.imports.filter((name) => {
          const layer = layerOf(name);
          return layer !== undefined && LAYERS.indexOf(layer) < LAYERS.indexOf(source.layer);
        }),
      ),
    ).toEqual([]);
  });

  it('imports nothing from tests, benches or the built package', () => {
    expect(breaches((source) => source.imports.filter((name) => /^(?:test|bench|dist)\//.test(name)))).toEqual([]);
  });

  it('models import themselves and numeric libraries only', () => {
    expect(
      breaches((source) =>
        source.layer === 'models'
          ? source.imports.filter(
              (name) => !name.startsWith('models/') && !/^@stdlib\/stats-base-dists-[a-z]+$/.test(name),
            )
          : [],
      ),
    ).toEqual([]);
  });

  it('models know no clock, no chance but a seed, no process and no machine', () => {
    const impure =
      /\b(?:Date\.now\s*\(|new Date\(\s*\)|Date\(\s*\)|Math\.random\b|performance\b|process\b|globalThis\b|crypto\b|fetch\s*\(|setTimeout\b|setInterval\b|require\s*\(|console\.)/g;
    expect(breaches((source) => (source.layer === 'models' ? (source.code.match(impure) ?? []) : []))).toEqual([]);
  });

  it('only pipeline opens DuckDB', () => {
    expect(
      breaches((source) =>
        source.layer === 'pipeline' ? [] : source.imports.filter((name) => name.startsWith('@duckdb/')),
      ),
    ).toEqual([]);
  });

  it('only pipeline opens files', () => {
    expect(
      breaches((source) =>
        source.layer === 'pipeline' ? [] : source.imports.filter((name) => /^(?:node:)?fs(?:\/promises)?$/.test(name)),
      ),
    ).toEqual([]);
  });

  it('only pipeline/sql-files.ts finds and reads the folder of relations; others get its place from there', () => {
    expect(
      breaches((source) =>
        source.path === 'pipeline/sql-files.ts'
          ? []
          : [...(source.code.match(/['"`](?:\.\.?\/)*sql(?:\/[a-z_]*)*['"`]/g) ?? [])],
      ),
    ).toEqual([]);
    const users = SOURCES.filter((source) => /\bSQL_ROOT\b/.test(source.code)).map((source) => source.path);
    // the lists of channels, the samples and the version of the package stand beside it
    expect(users.sort()).toEqual([
      'pipeline/rules.ts',
      'pipeline/samples.ts',
      'pipeline/sql-files.ts',
      'pipeline/version.ts',
    ]);
  });

  it('every test mirrors a source, a folder or a document', () => {
    const lost = filesUnder('test')
      // what breaks a run, and what a browser sees, is no one file's matter
      .filter((path) => path.endsWith('.test.ts') && !/^test\/(?:robustness|browser)\//.test(path))
      .filter((path) => {
        const source = path.replace(/^test\//, '').replace(/\.test\.ts$/, '');
        return ![`${source}.ts`, `${source}.tsx`, source, `${source}.sql`, dirname(source)].some((name) =>
          existsSync(join(ROOT, name)),
        );
      });
    expect(lost).toEqual([]);
  });

  it('every relation is a single select that stands in a file of its own name', () => {
    const wrong = ['staging', 'journey', 'attribution', 'report', 'check']
      .flatMap((folder) => filesUnder(`sql/${folder}`))
      .filter((path) => {
        const bare = readFileSync(join(ROOT, path), 'utf8')
          .replace(/--[^\n]*/g, '')
          .replace(/'(?:[^']|'')*'/g, "''");
        return (
          !/^[a-z_0-9]+\.sql$/.test(path.split('/').at(-1)!) ||
          bare.includes(';') ||
          !/^\s*(?:with|select)\b/.test(bare)
        );
      });
    expect(wrong).toEqual([]);
  });
});
